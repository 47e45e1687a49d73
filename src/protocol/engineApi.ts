import type { ChatTurn, RenderedChat } from './chat';
import type { DeviceName, DeviceSpeed, TrainingSpeed } from './devices';
import type { Failure } from './failures';
import type { Health, Progress } from './health';
import type { ModelEstimate, ModelInfo, ModelRequest } from './models';
import type { ReadingApi } from './readingApi';
import type {
  AttentionMap,
  AttentionMapOf,
  Contributions,
  EmbeddingMap,
  Expectation,
  HeadStatistics,
  Lens,
  Neurons,
  NeuronsOf,
  NumberBlock,
  RunDifference,
  RunId,
  RunInfo,
  SmallMapsOf,
  TokenFacts,
  Verification,
  TokenSurprisals,
} from './runs';
import type {
  CacheUse,
  Distribution,
  PickedToken,
  SamplingSettings,
  StopReason,
  StopSettings,
} from './sampling';
import type { Timings } from './timings';

/**
 * What the engine does for others. Every method takes one request and may be cancelled by its signal; it then rejects
 * with the failure `cancelled`. All others reject with a `TokenscopeError`. Arrays in answers belong to the caller.
 */
export interface EngineApi extends ReadingApi {
  /** Reads config and headers only. */
  estimateModel(request: ModelRequest): Promise<ModelEstimate>;
  /** Loads a model and replaces the open one only when it succeeded. */
  openModel(request: ModelRequest & { readonly device?: DeviceName }): Promise<ModelInfo>;
  /**
   * How fast the open model runs on a device, which loads its weights there for as long as it takes, if they are not
   * there already. Rejects with `device-unavailable`.
   */
  measureDevice(request: { device: DeviceName }): Promise<DeviceSpeed>;
  /**
   * How fast a device trains a model of the open one's shape; undefined for one that is too large to be tried out. What is
   * asked of a device depends on how fast it was found to read. Rejects with `device-unavailable`.
   */
  measureTraining(request: { speed: DeviceSpeed }): Promise<TrainingSpeed | undefined>;
  /** SHA-256 of names, shapes and float32 values of all weights, hexadecimal; reads every one of them. */
  modelHash(request: Record<never, never>): Promise<string>;
  /**
   * A conversation as the open model's chat template writes it. Rejects with `chat-template-missing`,
   * `chat-template-broken`, or `chat-template-refused` when the template does not take this one.
   */
  renderChat(request: { turns: readonly ChatTurn[] }): Promise<RenderedChat>;

  /** Embedding rows of the ids: [ids, C]. */
  embeddings(request: { ids: Int32Array }): Promise<NumberBlock>;
  /**
   * The rows of a run's tokens, and those around them, in two dimensions; at most `points`. `umap` takes a while and tells its
   * progress. The same request gives the same map.
   */
  embeddingMap(request: {
    run: RunId;
    points: number;
    method: 'pca' | 'umap';
    seed: number;
  }): Promise<EmbeddingMap>;
  tokenFacts(request: { id: number; neighbours: number }): Promise<TokenFacts>;
  /** What the model thought of `ids[index]`, index ≥ 1, given what stands before it and fits the context. */
  expectation(request: { ids: Int32Array; index: number; top: number }): Promise<Expectation>;

  /**
   * What the model thought of `ids[from]` and all after it, in a text of any length, with progress. Each token is told
   * given at least half a context before it, or all that stands before it in `ids`.
   */
  surprisals(request: { ids: Int32Array; from: number }): Promise<TokenSurprisals>;

  /**
   * A forward pass whose activations are kept. Older runs are forgotten when the memory limit asks for it.
   * `mask` says what each query may see, [T, T] over the ids that fit, not 0 for yes; without it, itself and all before
   * it. Every query must see something. `positions` says where each token stands, [T], each in [0, context), or −1 for
   * nowhere: no row is added then, and nothing is rotated. All that is asked about the run is then told of the edited pass.
   */
  run(request: { ids: Int32Array } & PassEdits): Promise<RunInfo>;
  /**
   * One activation of a run; `index` fixes leading axes: `[head]` of a pattern [H,Q,K] is [Q,K]; `rows` keeps [from, to)
   * of the axis after them, `columns` [from, to) of the last axis. What was not kept is computed again.
   */
  activation(request: {
    run: RunId;
    name: string;
    index?: readonly number[];
    rows?: readonly [number, number];
    columns?: readonly [number, number];
  }): Promise<NumberBlock>;
  /**
   * One weight under its name in the file; `index` fixes leading axes, `columns` keeps [from, to) of the last axis.
   */
  weight(request: {
    name: string;
    index?: readonly number[];
    columns?: readonly [number, number];
  }): Promise<NumberBlock>;

  /**
   * One number of a run computed again in float64 from its operands as recorded; `index` has an entry for each axis.
   * Rejects with `activation-unknown`, `setting-invalid` for an index there is not.
   */
  verify(request: { run: RunId; name: string; index: readonly number[] }): Promise<Verification>;

  /** Where the time of the pass that made a run went, operation by operation. */
  timings(request: { run: RunId }): Promise<Timings>;

  /** Ids and all activations of a run as the bytes of a safetensors file. Rejects with `trace-too-large`. */
  trace(request: { run: RunId }): Promise<Uint8Array>;

  /** Of all heads, [L, H], or of a block's, [H], which costs one block and not a pass where patterns are not held. */
  headStatistics(request: { run: RunId; block?: number }): Promise<HeadStatistics>;
  attentionMap(request: { run: RunId } & AttentionMapOf): Promise<AttentionMap>;
  smallMaps(request: { run: RunId } & SmallMapsOf): Promise<NumberBlock>;
  /**
   * How a run differs from another one. `pairs` says which positions are compared, a position of `from` before one of
   * `run` each time; without it each with the same one. Rejects with `setting-invalid` for runs of different length
   * without pairs, and for pairs that are not in order in both runs.
   */
  difference(request: {
    run: RunId;
    from: RunId;
    pairs?: readonly number[];
  }): Promise<RunDifference>;
  /** `watch` is an id whose rank and probability are told for every state. */
  lens(request: { run: RunId; top: number; watch?: number }): Promise<Lens>;
  neurons(request: { run: RunId } & NeuronsOf): Promise<Neurons>;
  contributions(request: { run: RunId; position: number; id: number }): Promise<Contributions>;
  /** The distribution after `position` (default the last) and what the settings pick there as the `step`-th draw. */
  distribution(request: {
    run: RunId;
    position?: number;
    sampling: SamplingSettings;
    step: number;
    rows: number;
  }): Promise<Distribution>;

  /** The distribution after the last of `ids`, and what the settings pick there as the `step`-th draw. */
  predict(request: {
    ids: Int32Array;
    sampling: SamplingSettings;
    step: number;
    rows: number;
  }): Promise<Distribution>;

  /**
   * Where each of the first tokens would lead after the text of an unedited run, taking the likeliest token from there
   * on: the ids of each line, the first included.
   */
  continuations(request: {
    run: RunId;
    firsts: readonly number[];
    tokens: number;
  }): Promise<readonly Int32Array[]>;

  /** Generates one token. Stateless: the engine finds by itself what its key/value cache can keep. */
  step(request: StepRequest): Promise<GeneratedToken>;
  /**
   * Generates tokens one after another, each as `step` does: at least one, until one ends the generation, `most` are made,
   * or `ms` have passed. Who writes them somewhere asks for the next ones meanwhile.
   */
  steps(
    request: Omit<StepRequest, 'choice'> & { readonly most: number; readonly ms: number },
  ): Promise<readonly GeneratedToken[]>;
}

/** What may be changed about a pass. */
export interface PassEdits {
  readonly mask?: Uint8Array;
  readonly positions?: Int32Array;
}

export interface StepRequest extends PassEdits {
  /** Prompt and what was generated so far. */
  readonly ids: Int32Array;
  /** How many of them are prompt. */
  readonly promptLength: number;
  readonly sampling: SamplingSettings;
  readonly stop: StopSettings;
  /** The id that a person chose in place of what the settings pick. */
  readonly choice?: number;
}

/** One step of generation: what was picked, what it cost, and whether generation ends with it. */
export interface GeneratedToken extends PickedToken {
  /** The raw logit of the picked token. */
  readonly logit: number;
  /** −log₂ of its probability by the model itself: softmax of the raw logits at temperature 1. */
  readonly surprisalBits: number;
  /** Set when a person chose it. */
  readonly chosen?: true;
  readonly entropyBits: number;
  /** The five most likely at these settings, with the probability before the cut. */
  readonly top: readonly { readonly id: number; readonly probability: number }[];
  /** Why generation ends with this token, if it does. */
  readonly stopped: StopReason | undefined;
  readonly cache: CacheUse;
  readonly ms: number;
  readonly device: DeviceName;
}

/** What the engine tells without being asked. */
export interface EngineEvents {
  health(health: Health): void;
  /** Progress of one request, by the ticket it was sent with. */
  progress(ticket: number, progress: Progress): void;
}

/**
 * The wire form of an API whose every method takes one request: errors travel as values, and a request can be taken back
 * by its ticket. Derived, so a method that nobody serves does not compile.
 */
export type WireOf<Api> = {
  [Method in keyof Api]: (
    ticket: number,
    request: RequestTo<Api, Method>,
  ) => Promise<Outcome<AnswerOf<Api, Method>>>;
} & { cancel(ticket: number): void };

export type EngineWire = WireOf<EngineApi>;

export type Outcome<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly failure: Failure };

/** The caller's form: the same methods with a signal and a listener for progress. */
export type ClientOf<Api> = {
  [Method in keyof Api]: (
    request: RequestTo<Api, Method>,
    options?: CallOptions,
  ) => Promise<AnswerOf<Api, Method>>;
};

export type EngineClient = ClientOf<EngineApi>;

export type RequestTo<Api, Method extends keyof Api> = Api[Method] extends (
  request: infer Request,
) => unknown
  ? Request
  : never;

export type AnswerOf<Api, Method extends keyof Api> = Api[Method] extends (
  request: never,
) => Promise<infer Answer>
  ? Answer
  : never;

export interface CallOptions {
  readonly signal?: Cancellation;
  readonly onProgress?: (progress: Progress) => void;
}

/** The part of an AbortSignal that is needed, so that protocol names no runtime's globals. */
export interface Cancellation {
  readonly aborted: boolean;
  addEventListener(type: 'abort', listener: () => void): void;
  removeEventListener(type: 'abort', listener: () => void): void;
}
