/** What an Inspector is opened for, and what it is restored from. */
import type { GeneratedToken } from '../../protocol/engineApi';
import type { Place, SourceInfo } from '../../protocol/panelApi';
import type { SamplingSettings, StopSettings } from '../../protocol/sampling';

/** What goes into the panel. */
export interface Prompt {
  readonly text: string;
  readonly source: SourceInfo | undefined;
  /** UTF-16 offset in the text of the character whose token is to be looked at. */
  readonly lookAt?: number;
}

/** What a session is restored from. */
export interface SavedSession {
  readonly text: string;
  readonly source: SourceInfo | undefined;
  readonly tokens: readonly GeneratedToken[];
  readonly cursor: number;
  readonly sampling: SamplingSettings;
  readonly stop: StopSettings;
  readonly place: Place;
  /** The model that generated the tokens; with another one they mean nothing. */
  readonly model: string | undefined;
}
