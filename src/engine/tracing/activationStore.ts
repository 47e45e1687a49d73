import type { NumberBlock, RunId } from '../../protocol/runs';

/**
 * Activations held within a byte limit. When room is needed, all of the run used longest ago goes first; within the
 * only run left, what was held first. A block larger than the limit is not held at all.
 */
export class ActivationStore {
  readonly #limitBytes: number;
  /** In order of last use, the latest last. */
  readonly #runs = new Map<RunId, Map<string, NumberBlock>>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(run: RunId, name: string): NumberBlock | undefined {
    return this.#runs.get(run)?.get(name);
  }

  /** Marks a run as used now. */
  touch(run: RunId): void {
    const held = this.#runs.get(run);
    if (held === undefined) return;
    this.#runs.delete(run);
    this.#runs.set(run, held);
  }

  hold(run: RunId, name: string, block: NumberBlock): void {
    const { byteLength } = block.values;
    if (byteLength > this.#limitBytes || this.get(run, name) !== undefined) return;
    const held = this.#runs.get(run) ?? new Map<string, NumberBlock>();
    this.#runs.set(run, held);
    this.touch(run);
    while (this.#bytes + byteLength > this.#limitBytes) this.#makeRoom();
    held.set(name, block);
    this.#bytes += byteLength;
  }

  forget(run: RunId): void {
    for (const block of this.#runs.get(run)?.values() ?? []) this.#bytes -= block.values.byteLength;
    this.#runs.delete(run);
  }

  #makeRoom(): void {
    for (const [run, held] of this.#runs) {
      if (this.#runs.size > 1) {
        this.forget(run);
        return;
      }
      for (const [name, block] of held) {
        this.#bytes -= block.values.byteLength;
        held.delete(name);
        return;
      }
    }
  }
}
