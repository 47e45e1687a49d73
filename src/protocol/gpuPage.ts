import type { GpuAdapter } from './devices';
import type { Outcome } from './engineApi';
import type { ModelLocation } from './models';

/**
 * The extension has no GPU; a page of VS Code has. Such a page carries workers in which an engine runs, and passes on
 * what the extension and they say to each other, unread.
 */
export type ToGpuPage =
  /** The worker's program, as text: workers of a page start from what the page holds. */
  | { readonly to: 'page'; readonly script: string }
  /** What the page tells of itself. */
  | { readonly to: 'status'; readonly status: GpuPageStatus }
  /** Starts the worker of that number if it does not run yet. */
  | { readonly to: 'worker'; readonly worker: number; readonly message: GpuWorkerMessage }
  | { readonly to: 'end'; readonly worker: number };

export type FromGpuPage =
  /** It was opened, or opened again, and needs the program. */
  | { readonly from: 'page'; readonly adapters: readonly GpuAdapter[] }
  | { readonly from: 'worker'; readonly worker: number; readonly message: GpuWorkerMessage }
  | { readonly from: 'end'; readonly worker: number; readonly why: string };

/**
 * `engine` is the wire of EngineApi, `device` that of `RemoteDeviceApi`; `files` that of `ModelFilesApi`, which the extension
 * serves.
 */
export interface GpuWorkerMessage {
  readonly channel: 'engine' | 'device' | 'files' | 'lost';
  readonly message: unknown;
}

/** What runs in the page, for whoever looks at it. */
export interface GpuPageStatus {
  /** The device that the model runs on at present; undefined when that is none of the page's. */
  readonly device: string | undefined;
  /** Devices on which models are trained at present. */
  readonly training: readonly string[];
}

/** Files of models, for an engine that has no disk. Slices are as large as the reader asks for. */
export interface ModelFilesApi {
  /** The name of a model's folder for messages. */
  locate(location: ModelLocation): Promise<Outcome<string>>;
  /** A number for an opened file and its size; undefined when there is none of that name. */
  open(location: ModelLocation, name: string): Promise<Outcome<OpenedFile | undefined>>;
  /** A rank table of the built-in encodings. */
  openRanks(file: string): Promise<Outcome<OpenedFile>>;
  read(file: number, offset: number, length: number): Promise<Outcome<Uint8Array>>;
  close(file: number): Promise<Outcome<undefined>>;
}

export interface OpenedFile {
  readonly file: number;
  readonly size: number;
}
