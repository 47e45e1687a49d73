/**
 * What the run on screen is compared with. The run itself is side A, the other one side B; every difference is B − A.
 * What is not named is as it is in A.
 */
import type { Failure } from './failures';
import type { ModelInfo, ModelLocation } from './models';
import type { RunEdits } from './runEdits';
import type { RunInfo } from './runs';
import type { SamplingSettings } from './sampling';
import type { TokenTable } from './tokens';

export type ComparedWith =
  /** Another text, under the edits of A. `name` says where it is from, where that has a name. */
  | { readonly kind: 'text'; readonly text: string; readonly name: string | undefined }
  /** A line of generation that was kept, by its id. */
  | { readonly kind: 'branch'; readonly branch: number }
  /** The same text without the edits of the run. */
  | { readonly kind: 'unedited' }
  /** The same run, its tokens picked otherwise. */
  | { readonly kind: 'settings'; readonly sampling: SamplingSettings }
  /** The same text in another model. */
  | { readonly kind: 'model'; readonly location: ModelLocation };

/** Side B beside what is on screen. */
export interface Comparison {
  readonly with: ComparedWith;
  /** Undefined until B was run; then what was run last, also while it is run again. */
  readonly other: OtherSide | undefined;
  readonly running: boolean;
  readonly failure: Failure | undefined;
}

export interface OtherSide {
  readonly text: string;
  readonly tokens: TokenTable;
  readonly run: RunInfo;
  readonly model: ModelInfo;
  readonly edits: RunEdits;
  readonly sampling: SamplingSettings;
}
