/** Reads of the panel that take long: a newer one ends the older of its kind, and so may the person; progress is told. */
import type { CallOptions, EngineClient, Outcome } from '../../protocol/engineApi';
import type { Progress } from '../../protocol/health';
import type { LongRead, ToldRead } from '../../protocol/panelApi';
import { Latest } from '../latest';
import { outcomeOf } from '../webviews/outcome';

type Client = Pick<EngineClient, ToldRead>;

export class LongReads {
  readonly #onProgress: (read: ToldRead, progress: Progress) => void;
  readonly #work: Readonly<Record<LongRead, Latest>> = {
    embeddingMap: new Latest(),
    continuations: new Latest(),
    smallMaps: new Latest(),
  };
  /** Maps of attention that are on their way. */
  readonly #maps = new Set<AbortController>();
  readonly embeddingMap: (
    request: Parameters<Client['embeddingMap']>[0],
  ) => Promise<Outcome<Awaited<ReturnType<Client['embeddingMap']>>>>;
  readonly continuations: (
    request: Parameters<Client['continuations']>[0],
  ) => Promise<Outcome<Awaited<ReturnType<Client['continuations']>>>>;
  readonly smallMaps: (
    request: Parameters<Client['smallMaps']>[0],
  ) => Promise<Outcome<Awaited<ReturnType<Client['smallMaps']>>>>;
  readonly attentionMap: (
    request: Parameters<Client['attentionMap']>[0],
  ) => Promise<Outcome<Awaited<ReturnType<Client['attentionMap']>>>>;

  constructor(client: Client, onProgress: (read: ToldRead, progress: Progress) => void) {
    this.#onProgress = onProgress;
    this.embeddingMap = (request) =>
      this.#read('embeddingMap', (options) => client.embeddingMap(request, options));
    this.continuations = (request) =>
      this.#read('continuations', (options) => client.continuations(request, options));
    this.smallMaps = (request) =>
      this.#read('smallMaps', (options) => client.smallMaps(request, options));
    this.attentionMap = (request) =>
      this.#readMap((options) => client.attentionMap(request, options));
  }

  cancel(read: ToldRead): void {
    if (read === 'attentionMap') for (const map of this.#maps) map.abort();
    else this.#work[read].cancel();
  }

  dispose(): void {
    this.cancel('attentionMap');
    for (const work of Object.values(this.#work)) work.dispose();
  }

  #read<Value>(
    read: LongRead,
    ask: (options: CallOptions) => Promise<Value>,
  ): Promise<Outcome<Value>> {
    return this.#told(read, this.#work[read].begin(), ask);
  }

  async #readMap<Value>(ask: (options: CallOptions) => Promise<Value>): Promise<Outcome<Value>> {
    const own = new AbortController();
    this.#maps.add(own);
    try {
      return await this.#told('attentionMap', own.signal, ask);
    } finally {
      this.#maps.delete(own);
    }
  }

  #told<Value>(
    read: ToldRead,
    signal: AbortSignal,
    ask: (options: CallOptions) => Promise<Value>,
  ): Promise<Outcome<Value>> {
    const onProgress = (progress: Progress): void => {
      if (!signal.aborted) this.#onProgress(read, progress);
    };
    return outcomeOf(ask({ signal, onProgress }));
  }
}
