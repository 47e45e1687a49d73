import type { GpuDeviceName } from '../../protocol/devices';
import type { TrainingWish } from '../../protocol/labDevices';
import type { GrammarName } from '../../protocol/labForms';
import type { TrainingDevice } from '../devices/trainingDevice';
import type { ModelFiles } from '../files/byteSource';
import type { EngineHost } from '../host';
import type { FileParts } from '../training/checkpoint';

/** What the lab needs of the runtime it lives in. */
export interface LabHost {
  readonly engine: EngineHost;
  readonly files: LabFiles;
  /** Absent where no GPU is within reach. */
  readonly devices?: LabDevices | undefined;
}

/** GPUs that train, and where the person wants it done. */
export interface LabDevices {
  wish(): Promise<TrainingWish>;
  /** Rejects with `device-unavailable`. Whoever opens it disposes it; a read rejects with `device-lost` when it is gone. */
  open(device: GpuDeviceName): Promise<TrainingDevice>;
}

export interface LabFiles {
  /** A whole text file. Rejects with `file-unreadable`, `file-not-text`, `file-too-large`. */
  text(file: string): Promise<string>;
  /** Replaces a file as a whole or leaves it as it was. Rejects with `file-unwritable`. */
  write(file: string, text: string): Promise<void>;
  /** A folder that need not be there yet. */
  folder(path: string): LabFolder;
  /** A path as seen from a file; absolute ones stay. */
  beside(file: string, path: string): string;
  /** The content of a ready grammar. */
  grammar(name: GrammarName): Promise<unknown>;
  /** A model that comes with the product. */
  model(which: 'builtin' | 'tiny'): Promise<ModelFiles>;
}

/** A folder that is written to. Writing rejects with `file-unwritable`, and makes the folder where it is missing. */
export interface LabFolder extends ModelFiles {
  isEmpty(): Promise<boolean>;
  /** Replaces a file as a whole or leaves it as it was. */
  write(name: string, content: FileParts['parts']): Promise<void>;
  append(name: string, text: string): Promise<void>;
  folder(name: string): LabFolder;
}

/** A text as the content of a file. */
export async function* textParts(text: string): FileParts['parts'] {
  yield await Promise.resolve({ offset: 0, bytes: new TextEncoder().encode(text) });
}
