import type { DeviceName } from './devices';
import type { Failure } from './failures';

/** The state of the engine as the person sees it. A view handles every member or does not compile. */
export type Health =
  | { readonly state: 'stopped' }
  | { readonly state: 'starting' }
  | { readonly state: 'ready'; readonly device: DeviceName; readonly lastRunMs: number | undefined }
  | { readonly state: 'busy'; readonly task: Task; readonly progress: Progress | undefined }
  | { readonly state: 'failed'; readonly failure: Failure };

export type Task = 'loading' | 'tokenizing' | 'running' | 'generating';

/** Work done of a known total, in the unit of the task: bytes when loading, characters when tokenizing, tokens otherwise. */
export interface Progress {
  readonly done: number;
  readonly total: number;
}
