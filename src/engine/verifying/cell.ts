import type { ModelConfig } from '../../protocol/modelConfig';
import type { Run } from '../tracing/runs';
import type { Operands } from './operands';
import type { Recomputed, ReferenceBench } from './referenceBench';

/** The number that is computed again, and what it is done with. */
export interface Cell {
  readonly config: ModelConfig;
  readonly run: Run;
  readonly operands: Operands;
  readonly bench: ReferenceBench;
  /** 0 outside the blocks. */
  readonly block: number;
  readonly index: readonly number[];
}

/** Where a token of a run stands, −1 for nowhere. */
export function placeOf({ positions }: Run, token: number): number {
  return positions?.[token] ?? token;
}

/** A number that is no sum of products. */
export function plain(value: number): Recomputed {
  return { value, products: undefined };
}

/** One element of a linear layer's bias, where it has one. */
export function biasOf(
  operands: Operands,
  layer: string,
  output: number,
): Promise<Float32Array | undefined> {
  const name = `${layer}.bias`;
  if (!operands.has(name)) return Promise.resolve(undefined);
  return operands.vector(name, [output, output + 1]);
}
