import type { DeviceName, WeightFormat } from './devices';
import type { ModelConfig } from './modelConfig';

/** Where a model comes from. */
export type ModelLocation =
  /** One that comes with the product: the built-in one, or the tiny one for lessons. */
  | { readonly kind: 'builtin'; readonly model?: 'tiny' }
  /** An absolute path on the machine the engine runs on. */
  | { readonly kind: 'folder'; readonly folder: string };

/** A model, and how the wasm device is to keep its matrices: `f32` when absent. Other devices keep them as they are. */
export interface ModelRequest {
  readonly location: ModelLocation;
  readonly weights?: WeightFormat;
}

/** What is known before the weights are read. */
export interface ModelEstimate {
  readonly name: string;
  readonly config: ModelConfig;
  readonly parameters: number;
  /** Bytes of the weight files. */
  readonly fileBytes: number;
  /** Bytes the weights take once loaded. */
  readonly weightBytes: number;
  /** Bytes of the key/value cache at full context. */
  readonly cacheBytes: number;
}

export interface ModelInfo {
  readonly name: string;
  readonly location: ModelLocation;
  readonly config: ModelConfig;
  readonly parameters: number;
  readonly weightBytes: number;
  readonly device: DeviceName;
  /** How the device keeps the matrices. */
  readonly weightFormat: WeightFormat;
  /** Whether text can be tokenized; a folder may hold weights alone. */
  readonly hasTokenizer: boolean;
  /** How well it predicts texts it was not trained on, as its folder states; empty when that is not stated. */
  readonly validation: readonly ValidationFigure[];
  readonly loadMs: number;
  /** Name, shape and number of parameters of each weight, in the file's names. */
  readonly weights: readonly WeightInfo[];
}

/** One text that a model was measured on. */
export interface ValidationFigure {
  readonly name: string;
  /** Mean surprisal of its tokens in bits, over the bytes they stand for. */
  readonly bitsPerByte: number;
}

export interface WeightInfo {
  readonly name: string;
  readonly shape: readonly number[];
}
