import type { Health } from '../protocol/health';
import type { ModelLocation } from '../protocol/models';
import type { ModelFiles } from './files/byteSource';
import type { EngineHost } from './host';
import type { OpenRanks } from './tokenizer/encodings';

/** What the engine lives on. */
export interface EngineParts {
  readonly host: EngineHost;
  /** The files of a model; rejects with `folder-not-found`. */
  readonly locate: (location: ModelLocation) => Promise<ModelFiles>;
  /** Opens the rank table of a built-in encoding; rejects with `file-unreadable`. */
  readonly ranks: OpenRanks;
  readonly onHealth?: (health: Health) => void;
  /** Bytes of activations that runs may hold; default 256 MB. */
  readonly runLimitBytes?: number;
}
