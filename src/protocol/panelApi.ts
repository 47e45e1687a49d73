import type { Step } from './axes';
import type { PromptOrigins } from './chat';
import type { ComparedWith, Comparison } from './comparison';
import type { EngineApi, GeneratedToken, Outcome } from './engineApi';
import type { Failure } from './failures';
import type { Health, Progress } from './health';
import type { ModelInfo } from './models';
import type { RunInfo } from './runs';
import type { RunEdits } from './runEdits';
import type { SamplingSettings, StopReason, StopSettings } from './sampling';
import type { TokenTable } from './tokens';

/** Those that may take so long that the person is told how far they are and may end them. */
export type LongRead = 'embeddingMap' | 'continuations' | 'smallMaps';

/** Reads whose progress is told and that the person may end. Maps of attention may be many at a time. */
export type ToldRead = LongRead | 'attentionMap';

/** The reading methods of the engine that the panel may call; the host forwards them. */
export type PanelReads = Pick<
  EngineApi,
  | 'vocabulary'
  | 'merges'
  | 'activation'
  | 'weight'
  | 'verify'
  | 'timings'
  | 'headStatistics'
  | 'attentionMap'
  | 'difference'
  | LongRead
  | 'lens'
  | 'neurons'
  | 'contributions'
  | 'distribution'
  | 'tokenFacts'
>;

/** Those that side B of a comparison answers too. */
export type ComparedRead = Exclude<keyof PanelReads, LongRead>;

export const comparedReads = [
  'vocabulary',
  'merges',
  'activation',
  'weight',
  'verify',
  'timings',
  'headStatistics',
  'attentionMap',
  'difference',
  'lens',
  'neurons',
  'contributions',
  'distribution',
  'tokenFacts',
] as const satisfies readonly ComparedRead[];

/** What the panel calls on its host. Failures travel as values. */
export type HostApi = {
  [Method in keyof PanelReads]: (
    request: Parameters<PanelReads[Method]>[0],
  ) => Promise<Outcome<Awaited<ReturnType<PanelReads[Method]>>>>;
} & {
  /** Asked once after loading; the host answers and from then on sends `update`. */
  ready(place: Place | undefined): Promise<PanelState>;
  /**
   * The person moved to another place: the host remembers it and lights the token up in the editor. Moves are counted
   * from 1 since `ready`, so that a snapshot can say which of them it knows.
   */
  moved(place: Place, move: MoveNumber): void;
  /** Generates one token, or `count`, after the cursor of the timeline; what stood after it is dropped. */
  generate(request: { count: number }): void;
  /** Moves the timeline's cursor: 0 is the prompt alone. */
  goTo(request: { generated: number }): void;
  /** Moves it by one from where it stands or is on its way to, so that fast steps add up; at an end it stays. */
  goBy(request: { by: 1 | -1 }): void;
  /** Starts over with other settings for the tokens to come. */
  setSampling(sampling: SamplingSettings, stop: StopSettings): void;
  /** Runs the text with other edits; `noEdits` takes them all back. */
  edit(edits: RunEdits): void;
  /** Compares what is on screen with something else, or no longer. Another model is chosen by `chooseComparison`. */
  compare(what: Exclude<ComparedWith, { kind: 'model' }> | undefined): void;
  /** Lets the person choose what to compare with. */
  chooseComparison(): void;
  /** A read of side B, which may live in another engine. */
  compared<Method extends ComparedRead>(
    method: Method,
    request: Parameters<PanelReads[Method]>[0],
  ): Promise<Outcome<Awaited<ReturnType<PanelReads[Method]>>>>;
  /** Keeps the line of generation as it is now under a name that the person is asked for. */
  keepBranch(): void;
  /** Asks for another name of a kept line. */
  nameBranch(request: { branch: number }): void;
  /** Shows a kept line; the one that was shown is kept in its place. */
  openBranch(request: { branch: number }): void;
  dropBranch(request: { branch: number }): void;
  cancel(): void;
  /** Ends a long read; it then fails as `cancelled`. */
  cancelRead(request: { read: ToldRead }): void;
  /** Runs the state's text again after a failure. */
  retry(): void;
  showLog(): void;
  /** Selects the source text of tokens in the editor. */
  reveal(request: { token: number }): void;
  copy(request: { text: string }): void;
  /** Copies a link that leads back to what is shown. */
  copyLink(): void;
  /** Asks where to and saves a picture: SVG as it is, PNG in base64. */
  savePicture(picture: { format: 'svg' | 'png'; data: string }): void;
  /** Asks where to and saves everything that the run on screen computed as a safetensors file. */
  saveTrace(): void;
  openModel(): void;
  inspectSelection(): void;
};

/** What the host calls on the panel. */
export interface PanelEvents {
  update(state: PanelState): void;
  /** The caret in the editor stands on this token. */
  pointed(token: number | undefined): void;
  /** How far a long read is. */
  progress(read: ToldRead, progress: Progress): void;
}

/** Everything the panel shows, as one snapshot kept by the host. Views pull numbers by the run's id. */
export interface PanelState {
  readonly condition: Condition;
  readonly health: Health;
  readonly model: ModelInfo | undefined;
  readonly source: SourceInfo | undefined;
  /** The text that goes in: prompt and generated. */
  readonly text: string;
  /** Who wrote which part of the prompt, where it is a conversation. */
  readonly origins: PromptOrigins | undefined;
  readonly tokens: TokenTable | undefined;
  readonly run: RunInfo | undefined;
  /** What was changed about the run. */
  readonly edits: RunEdits;
  /** The run of the same tokens without the edits, where there are any. */
  readonly unedited: RunInfo | undefined;
  readonly generation: GenerationState;
  readonly sampling: SamplingSettings;
  readonly stop: StopSettings;
  readonly place: Place;
  /** The page's last move that the host has heard of. A snapshot that has heard of fewer holds an older place. */
  readonly heard: MoveNumber;
  /** What the run is compared with, if anything. */
  readonly comparison: Comparison | undefined;
}

/** 0 is none yet. */
export type MoveNumber = number;

/** A picture is shown only when there is one to show: the other three are designed states of their own. */
export type Condition =
  | { readonly kind: 'empty' }
  | { readonly kind: 'running'; readonly tokens: number | undefined }
  | { readonly kind: 'failed'; readonly failure: Failure }
  | { readonly kind: 'ready' };

export interface SourceInfo {
  /** File name without folder. */
  readonly file: string;
  /** Zero-based line of the selection's start. */
  readonly line: number;
  readonly uri: string;
  /** UTF-16 offsets of the selection in the document. */
  readonly start: number;
  readonly end: number;
}

export interface GenerationState {
  /** Tokens of the prompt. */
  readonly promptLength: number;
  /** All tokens of the line, also those after the cursor. */
  readonly tokens: readonly GeneratedToken[];
  /** How many of them are in the text that is shown. */
  readonly cursor: number;
  readonly stopped: StopReason | undefined;
  /** True while tokens are being generated. */
  readonly running: boolean;
  /** Other lines from the same prompt: what was left for another one, and what the person kept. */
  readonly branches: readonly Branch[];
}

export interface Branch {
  readonly id: number;
  /** As the person named it. */
  readonly name: string | undefined;
  readonly tokens: readonly GeneratedToken[];
}

/** Where the person is looking; the one thing the panel persists. Token −1 is the last one. */
export interface Place {
  readonly step: Step | 'overview';
  readonly token: number;
  readonly block: number;
  readonly head: number;
  /** Whether one head is open rather than all. */
  readonly open: boolean;
  /** Stage inside attention, 0–6: q·k, ÷√d, mask, softmax, mix, W_O, residual. */
  readonly stage: number;
  /** What the open head is drawn as: a matrix, lines between tokens, or query times key element by element. */
  readonly drawn: 'matrix' | 'lines' | 'neurons';
  /** What attention is measured by, and over how many heads: see `AttentionMapOf`. */
  readonly measure: 'weights' | 'contributions';
  readonly over: 'head' | 'block' | 'model';
  /** The locked cell of the open matrix, if any: query, key. */
  readonly cell: readonly [number, number] | undefined;
  readonly channel: number;
  readonly neuron: number | undefined;
  readonly depth: 'sentence' | 'mechanism' | 'mathematics';
  /** Whether the text twin of the picture is shown. */
  readonly table: boolean;
}

export const startPlace: Place = {
  step: 'overview',
  token: -1,
  block: 0,
  head: 0,
  open: false,
  stage: 3,
  drawn: 'matrix',
  measure: 'weights',
  over: 'head',
  cell: undefined,
  channel: 0,
  neuron: undefined,
  depth: 'mechanism',
  table: false,
};
