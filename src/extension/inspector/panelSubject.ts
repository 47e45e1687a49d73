/** What an Inspector is opened for, and what it is restored from. */
import type { PromptOrigins } from '../../protocol/chat';
import type { ComparedWith } from '../../protocol/comparison';
import type { GeneratedToken } from '../../protocol/engineApi';
import type { ModelConfig } from '../../protocol/modelConfig';
import type {
  Branch,
  GenerationState,
  PanelState,
  Place,
  SourceInfo,
} from '../../protocol/panelApi';
import { startPlace } from '../../protocol/panelApi';
import type { PassEdits } from '../../protocol/engineApi';
import { maskOf, noEdits, positionsOf } from '../../protocol/runEdits';
import type { RunEdits } from '../../protocol/runEdits';
import type { SamplingSettings, StopSettings } from '../../protocol/sampling';

/** What goes into the panel. */
export interface Prompt {
  readonly text: string;
  readonly source: SourceInfo | undefined;
  /** UTF-16 offset in the text of the character whose token is to be looked at. */
  readonly lookAt?: number;
  /** Where to look, and what to change about the run, from the start. */
  readonly place?: PromptPlace;
  readonly edits?: RunEdits;
  /** How tokens are picked; as before where that is not told. */
  readonly sampling?: SamplingSettings;
  /** Who wrote which part of it, where it is a conversation. */
  readonly origins?: PromptOrigins;
  readonly compare?: ComparedWith;
}

/** A place; how much the person wants explained stays as it is where that is not told. */
export type PromptPlace = Omit<Place, Manner> & Partial<Pick<Place, Manner>>;

type Manner = 'depth' | 'table';

/** A line and how many of its tokens are in the text. */
export type ShownLine = Pick<GenerationState, 'tokens' | 'cursor'>;

/** A line that is generated in the editor: how many of its tokens stand in the text, and how they were made. */
export interface FollowedLine {
  readonly tokens: readonly GeneratedToken[];
  readonly cursor: number;
  readonly sampling: SamplingSettings;
  readonly stop: StopSettings;
}

/** What a session is restored from. */
export interface SavedSession {
  readonly text: string;
  readonly origins: PromptOrigins | undefined;
  readonly source: SourceInfo | undefined;
  readonly tokens: readonly GeneratedToken[];
  readonly cursor: number;
  readonly branches: readonly Branch[];
  readonly sampling: SamplingSettings;
  readonly stop: StopSettings;
  readonly place: Place;
  readonly edits: RunEdits;
  readonly compare: ComparedWith | undefined;
  /** The model that generated the tokens; with another one they mean nothing. */
  readonly model: string | undefined;
}

/** Edits for a pass over so many tokens, the last of which go through the model. */
export function passEdits(
  edits: RunEdits,
  tokens: number,
  config: Pick<ModelConfig, 'context' | 'mask'> | undefined,
): PassEdits {
  const length = Math.min(tokens, config?.context ?? tokens);
  const window = { dropped: tokens - length, length };
  const mask = maskOf(edits.mask, window, config?.mask);
  const positions = positionsOf(edits.positions, window);
  return { ...(mask && { mask }), ...(positions && { positions }) };
}

export function lineOf(
  tokens: readonly GeneratedToken[],
): Pick<GenerationState, 'tokens' | 'stopped'> {
  return { tokens, stopped: tokens.at(-1)?.stopped };
}

export function noGeneration(): GenerationState {
  const line = { tokens: [], cursor: 0, stopped: undefined, branches: [] };
  return { promptLength: 0, ...line, running: false };
}

/** What a panel shows before there is a text. */
export function emptyState(
  known: Pick<PanelState, 'health' | 'model' | 'sampling' | 'stop'>,
): PanelState {
  return {
    ...known,
    condition: { kind: 'empty' },
    source: undefined,
    text: '',
    origins: undefined,
    tokens: undefined,
    run: undefined,
    edits: noEdits,
    unedited: undefined,
    generation: noGeneration(),
    place: startPlace,
    heard: 0,
    comparison: undefined,
  };
}
