/**
 * Writes the text of a run while it is made: one write at a time, and of what came meanwhile only the newest counts, since
 * a node holds all before it. The longer the editor took, the longer it is left alone, so that it and the model share the
 * machine.
 */
import type { TreeNode } from './tokenTree';

export interface GatheringOptions {
  /** Writes everything up to a node; resolves when the document has taken it. */
  readonly write: (node: TreeNode) => Promise<void>;
  /** Milliseconds. */
  readonly now: () => number;
  /** Aborted, what waits is not written. */
  readonly signal: AbortSignal;
}

export class GatheringWriter {
  readonly #options: GatheringOptions;
  #waiting: TreeNode | undefined;
  #writing: Promise<void> | undefined;
  #failure: { readonly error: unknown } | undefined;
  /** Ends the pause between two writes. */
  #goOn: (() => void) | undefined;
  #isEnding = false;

  constructor(options: GatheringOptions) {
    this.#options = options;
    const { signal } = options;
    signal.addEventListener('abort', () => this.#goOn?.(), { once: true });
  }

  write(node: TreeNode): void {
    this.#waiting = node;
    this.#writing ??= this.#drain();
  }

  throwIfFailed(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }

  /** What waits is written too, at once, unless it was cancelled. Rejects when a write failed. */
  async settled(): Promise<void> {
    this.#isEnding = true;
    this.#goOn?.();
    await this.#writing;
    this.throwIfFailed();
  }

  async #drain(): Promise<void> {
    const { write, now } = this.#options;
    try {
      // Everything that is told in the same breath belongs to the first write.
      await Promise.resolve();
      for (let node = this.#take(); node !== undefined; node = this.#take()) {
        const began = now();
        await write(node);
        await this.#leaveAlone(now() - began);
      }
    } catch (error) {
      this.#failure = { error };
    }
    this.#writing = undefined;
  }

  async #leaveAlone(ms: number): Promise<void> {
    if (this.#isEnding || this.#options.signal.aborted) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#goOn = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#goOn = undefined;
  }

  #take(): TreeNode | undefined {
    const node = this.#options.signal.aborted ? undefined : this.#waiting;
    this.#waiting = undefined;
    return node;
  }
}
