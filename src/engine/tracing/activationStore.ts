import type { NumberBlock, RunId } from '../../protocol/runs';

/** A block, and whether it may go while the run it belongs to is in use: what was asked for later may, the rest not. */
interface Held {
  readonly block: NumberBlock;
  readonly kind: 'first' | 'later';
}

/**
 * Activations held within a byte limit. When room is needed, all of the run used longest ago goes first; within the only
 * run left, what was asked for later goes, oldest first. What then does not fit is not held.
 */
export class ActivationStore {
  readonly #limitBytes: number;
  /** In order of last use, the latest last. */
  readonly #runs = new Map<RunId, Map<string, Held>>();
  #bytes = 0;

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(run: RunId, name: string): NumberBlock | undefined {
    return this.#runs.get(run)?.get(name)?.block;
  }

  /** Marks a run as used now. */
  touch(run: RunId): void {
    const held = this.#runs.get(run);
    if (held === undefined) return;
    this.#runs.delete(run);
    this.#runs.set(run, held);
  }

  /** `first` for what a run keeps from its start. */
  hold(run: RunId, name: string, held: Held): void {
    const { byteLength } = held.block.values;
    if (byteLength > this.#limitBytes || this.get(run, name) !== undefined) return;
    const blocks = this.#runs.get(run) ?? new Map<string, Held>();
    this.#runs.set(run, blocks);
    this.touch(run);
    while (this.#bytes + byteLength > this.#limitBytes) {
      if (!this.#makeRoom(run)) return;
    }
    blocks.set(name, held);
    this.#bytes += byteLength;
  }

  forget(run: RunId): void {
    for (const { block } of this.#runs.get(run)?.values() ?? []) {
      this.#bytes -= block.values.byteLength;
    }
    this.#runs.delete(run);
  }

  /** Drops something for a run's sake; false when there is nothing that may go. */
  #makeRoom(run: RunId): boolean {
    for (const oldest of this.#runs.keys()) {
      if (oldest === run) continue;
      this.forget(oldest);
      return true;
    }
    const own = this.#runs.get(run) ?? new Map<string, Held>();
    for (const [name, { kind, block }] of own) {
      if (kind === 'first') continue;
      own.delete(name);
      this.#bytes -= block.values.byteLength;
      return true;
    }
    return false;
  }
}
