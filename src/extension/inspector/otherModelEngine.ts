/** A second engine, for a model that the open one is compared with. It lives in a thread of its own while it is needed. */
import type { EngineClient } from '../../protocol/engineApi';
import { fail } from '../../protocol/failures';
import type { ModelInfo, ModelLocation } from '../../protocol/models';
import { EngineService } from '../engine/engineService';
import type { ModelWish } from '../engine/engineService';
import type { WorkerPort } from '../engine/workerLink';

export interface OtherModelOptions {
  readonly start: () => WorkerPort;
  /** How the open model is wished for; its location does not matter here. */
  readonly wish: () => ModelWish;
}

export class OtherModelEngine {
  readonly #options: OtherModelOptions;
  readonly #service: EngineService;
  #location: ModelLocation = { kind: 'builtin' };

  constructor(options: OtherModelOptions) {
    this.#options = options;
    this.#service = new EngineService({
      start: options.start,
      wish: () => this.#wish(),
      // What stands in for a model is not what is compared with; see `open`.
      onFallback: () => undefined,
    });
  }

  get client(): EngineClient {
    return this.#service.client;
  }

  /** Throws what opening a model throws; `engine-crashed` when another one had to stand in for it. */
  async open(location: ModelLocation, signal: AbortSignal): Promise<ModelInfo> {
    this.#location = location;
    const open = this.#service.model;
    if (open !== undefined && isSame(open.location, location)) return open;
    const model = await this.#service.open(this.#wish(), { signal });
    if (!isSame(model.location, location)) throw fail('engine-crashed', { why: model.name });
    return model;
  }

  close(): void {
    void this.#service.stop();
  }

  dispose(): void {
    this.#service.dispose();
  }

  /** A graphics card is lent to one engine. */
  #wish(): ModelWish {
    const { device, weights } = this.#options.wish();
    const isPlain = device === 'wasm' || device === 'reference';
    return { location: this.#location, device: isPlain ? device : undefined, weights };
  }
}

function isSame(a: ModelLocation, b: ModelLocation): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
