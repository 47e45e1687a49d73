import type { Chunks } from '../devices/device';

/** Weights as a loader offers them: looked up by GPT-2's names without a `transformer.` prefix, read once, in chunks. */
export interface WeightSource {
  has(name: string): boolean;
  /** Throws `tensor-missing` when there is none. */
  shape(name: string): readonly number[];
  /**
   * float32 values in file order; f16 and bf16 are widened. Throws `tensor-not-finite` for NaN or infinity. With `from`,
   * elements before it need not come.
   */
  chunks(name: string, from?: number): Chunks;
  /** All names, in file order. */
  readonly names: readonly string[];
}
