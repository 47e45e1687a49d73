/**
 * The engine as the rest of the extension knows it: started by the first request, with the model the person chose;
 * restarted when its worker dies, the request in flight repeated once; its health and its model told to who listens.
 */
import type { CallOptions, EngineApi, EngineClient } from '../../protocol/engineApi';
import { TokenscopeError, fail, failureOf } from '../../protocol/failures';
import type { Failure } from '../../protocol/failures';
import type { DeviceName, WeightFormat } from '../../protocol/devices';
import type { Health } from '../../protocol/health';
import type { ModelInfo, ModelLocation } from '../../protocol/models';
import type { TokenizerChoice } from '../../protocol/tokenizers';
import { Emitter } from '../emitter';
import { EngineLink } from './engineLink';
import type { AnswerOf, EngineMethod, RequestOf } from './engineLink';
import type { WorkerPort } from './workerLink';

/** Which model to have open, and where to run it. */
export interface ModelWish {
  readonly location: ModelLocation;
  /** Undefined lets the engine choose. */
  readonly device: DeviceName | undefined;
  readonly weights: WeightFormat;
}

export interface EngineOptions {
  readonly start: () => WorkerPort;
  /** Asked whenever a worker starts. */
  readonly wish: () => ModelWish;
  /** Told when the wished model cannot be opened at a start and the built-in one stands in for it. */
  readonly onFallback: (failure: Failure) => void;
}

const withoutModel: ReadonlySet<EngineMethod> = new Set<EngineMethod>([
  'estimateModel',
  'putText',
  'editText',
  'dropText',
]);

/** Whether a request needs a worker but no model: one about another model, or with a tokenizer of its own. */
function needsNoModel(method: EngineMethod, request: unknown): boolean {
  if (withoutModel.has(method)) return true;
  const hasTokenizer = typeof request === 'object' && request !== null && 'tokenizer' in request;
  const choice = hasTokenizer ? (request.tokenizer as TokenizerChoice | undefined) : undefined;
  return choice !== undefined && choice.source.kind !== 'model';
}

/** All methods, so that the client can be built from their names; a missing one does not compile. */
const methods: Readonly<Record<EngineMethod, true>> = {
  estimateModel: true,
  openModel: true,
  measureDevice: true,
  measureTraining: true,
  modelHash: true,
  renderChat: true,
  vocabulary: true,
  tokenOrigins: true,
  tokenizerInfo: true,
  tokenize: true,
  tokenizeWindow: true,
  countTokens: true,
  putText: true,
  editText: true,
  dropText: true,
  textTokens: true,
  countText: true,
  compareTokenizers: true,
  merges: true,
  embeddings: true,
  tokenFacts: true,
  expectation: true,
  surprisals: true,
  run: true,
  activation: true,
  weight: true,
  verify: true,
  timings: true,
  trace: true,
  headStatistics: true,
  attentionMap: true,
  smallMaps: true,
  embeddingMap: true,
  continuations: true,
  difference: true,
  lens: true,
  neurons: true,
  contributions: true,
  distribution: true,
  predict: true,
  step: true,
  steps: true,
};

export class EngineService {
  /** The engine's methods; each starts the engine when it is not running. */
  readonly client: EngineClient;
  readonly #options: EngineOptions;
  readonly #healthNews = new Emitter<Health>();
  readonly #modelNews = new Emitter<ModelInfo | undefined>();
  #health: Health = { state: 'stopped' };
  #model: ModelInfo | undefined;
  #link: EngineLink | undefined;
  /** Settles when the link has its model; shared by all requests that arrive meanwhile. */
  #ready: Promise<EngineLink> | undefined;
  #disposed = false;

  readonly onHealth = this.#healthNews.event;
  /** A model was opened (again): runs of before are gone. */
  readonly onModel = this.#modelNews.event;

  constructor(options: EngineOptions) {
    this.#options = options;
    const call = (method: EngineMethod) => (request: never, callOptions?: CallOptions) =>
      this.#call(method, request, callOptions);
    // Each entry has its own method's type; Object.fromEntries knows only their union.
    this.client = Object.fromEntries(
      (Object.keys(methods) as EngineMethod[]).map((method) => [method, call(method)]),
    ) as unknown as EngineClient;
  }

  get health(): Health {
    return this.#health;
  }

  /** Whether a worker is there, with a model or without. */
  get isRunning(): boolean {
    return this.#link !== undefined;
  }

  get model(): ModelInfo | undefined {
    return this.#model;
  }

  /** Replaces the open model; on failure the old one stays. */
  async open(wish: ModelWish, options?: CallOptions): Promise<ModelInfo> {
    const link = await this.#anyLink();
    const model = await link.call('openModel', openRequest(wish), options);
    // From here on the link is ready whatever became of the model it started with.
    this.#ready = Promise.resolve(link);
    this.#setModel(model);
    return model;
  }

  /** Ends the worker; the next request starts a new one. */
  async stop(): Promise<void> {
    await this.#end(fail('engine-stopped', {}));
  }

  /** A new worker with the wished model, right away. What was asked of the old one is asked of it again. */
  async restart(): Promise<void> {
    await this.#end(fail('engine-crashed', { why: 'restart' }));
    await this.#readyLink();
  }

  dispose(): void {
    this.#disposed = true;
    void this.stop();
    this.#healthNews.dispose();
    this.#modelNews.dispose();
  }

  async #call<Method extends EngineMethod>(
    method: Method,
    request: RequestOf<Method>,
    options: CallOptions = {},
  ): Promise<AnswerOf<Method>> {
    const attempt = async (): Promise<AnswerOf<Method>> => {
      if (options.signal?.aborted === true) throw fail('cancelled', {});
      const link = needsNoModel(method, request) ? await this.#anyLink() : await this.#readyLink();
      const answer = await link.call(method, request, options);
      this.#answered();
      return answer;
    };
    try {
      return await attempt();
    } catch (error) {
      if (!isCrash(error)) throw error;
      return await attempt();
    }
  }

  /** A worker that answers without having a model open is no longer starting: its model will, with its first use. */
  #answered(): void {
    if (this.#health.state === 'starting' && this.#ready === undefined) {
      this.#setHealth({ state: 'stopped' });
    }
  }

  /** A running worker, its model open or not. */
  #anyLink(): Promise<EngineLink> {
    if (this.#disposed) return Promise.reject(fail('engine-stopped', {}));
    return Promise.resolve(this.#link ?? this.#start());
  }

  #readyLink(): Promise<EngineLink> {
    this.#ready ??= this.#openWished().catch((error: unknown) => {
      this.#ready = undefined;
      throw error;
    });
    return this.#ready;
  }

  async #openWished(): Promise<EngineLink> {
    const link = await this.#anyLink();
    const wish = this.#options.wish();
    try {
      const model = await link.call('openModel', openRequest(wish));
      if (this.#link === link) this.#setModel(model);
    } catch (error) {
      if (isCrash(error) || wish.location.kind === 'builtin') throw error;
      this.#options.onFallback(failureOf(error));
      const location: ModelLocation = { kind: 'builtin' };
      this.#setModel(await link.call('openModel', openRequest({ ...wish, location })));
    }
    return link;
  }

  async #end(why: TokenscopeError): Promise<void> {
    const link = this.#link;
    this.#forget();
    this.#setHealth({ state: 'stopped' });
    await link?.close(why);
  }

  #start(): EngineLink {
    this.#setHealth({ state: 'starting' });
    const link: EngineLink = new EngineLink(this.#options.start(), {
      onHealth: (health) => {
        if (this.#link === link) this.#setHealth(health);
      },
      onGone: (why) => {
        if (this.#link !== link) return;
        this.#forget();
        this.#setHealth({ state: 'failed', failure: { code: 'engine-crashed', details: { why } } });
      },
    });
    this.#link = link;
    return link;
  }

  #forget(): void {
    this.#link = undefined;
    this.#ready = undefined;
    if (this.#model !== undefined) this.#setModel(undefined);
  }

  #setHealth(health: Health): void {
    this.#health = health;
    this.#healthNews.fire(health);
  }

  #setModel(model: ModelInfo | undefined): void {
    this.#model = model;
    this.#modelNews.fire(model);
  }
}

function openRequest(wish: ModelWish): Parameters<EngineApi['openModel']>[0] {
  const { location, device, weights } = wish;
  return device === undefined ? { location, weights } : { location, device, weights };
}

function isCrash(error: unknown): boolean {
  return error instanceof TokenscopeError && error.failure.code === 'engine-crashed';
}
