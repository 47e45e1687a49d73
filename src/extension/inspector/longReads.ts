/** Reads of the panel that take long: a newer one ends the older of its kind, and so may the person; progress is told. */
import type { CallOptions, EngineClient, Outcome } from '../../protocol/engineApi';
import { failureOf } from '../../protocol/failures';
import type { Progress } from '../../protocol/health';
import type { LongRead } from '../../protocol/panelApi';
import { Latest } from '../latest';

type Client = Pick<EngineClient, LongRead>;

export class LongReads {
  readonly #onProgress: (read: LongRead, progress: Progress) => void;
  readonly #work: Readonly<Record<LongRead, Latest>> = {
    embeddingMap: new Latest(),
    continuations: new Latest(),
    smallMaps: new Latest(),
  };
  readonly embeddingMap: (
    request: Parameters<Client['embeddingMap']>[0],
  ) => Promise<Outcome<Awaited<ReturnType<Client['embeddingMap']>>>>;
  readonly continuations: (
    request: Parameters<Client['continuations']>[0],
  ) => Promise<Outcome<Awaited<ReturnType<Client['continuations']>>>>;
  readonly smallMaps: (
    request: Parameters<Client['smallMaps']>[0],
  ) => Promise<Outcome<Awaited<ReturnType<Client['smallMaps']>>>>;

  constructor(client: Client, onProgress: (read: LongRead, progress: Progress) => void) {
    this.#onProgress = onProgress;
    this.embeddingMap = (request) =>
      this.#read('embeddingMap', (options) => client.embeddingMap(request, options));
    this.continuations = (request) =>
      this.#read('continuations', (options) => client.continuations(request, options));
    this.smallMaps = (request) =>
      this.#read('smallMaps', (options) => client.smallMaps(request, options));
  }

  cancel(read: LongRead): void {
    this.#work[read].cancel();
  }

  dispose(): void {
    for (const work of Object.values(this.#work)) work.dispose();
  }

  async #read<Value>(
    read: LongRead,
    ask: (options: CallOptions) => Promise<Value>,
  ): Promise<Outcome<Value>> {
    const signal = this.#work[read].begin();
    const onProgress = (progress: Progress): void => {
      if (!signal.aborted) this.#onProgress(read, progress);
    };
    try {
      return { ok: true, value: await ask({ signal, onProgress }) };
    } catch (error) {
      return { ok: false, failure: failureOf(error) };
    }
  }
}
