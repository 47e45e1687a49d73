import type { DeviceArray, Matrix } from '../devices/device';

/** The weights of one model as they lie on a device, by the place where the decoder uses them. */
export interface ModelWeights {
  /** Token embedding [V, C], `out-in`. */
  readonly tokens: Matrix;
  /** Position table [context, C], `out-in`; learned or the sinusoids. */
  readonly positions: Matrix | undefined;
  readonly blocks: readonly BlockWeights[];
  readonly finalNorm: NormWeights | undefined;
  /** [V, C], `out-in`: the token embedding itself when tied. */
  readonly unembedding: Matrix;
}

export interface BlockWeights {
  readonly attentionNorm: NormWeights | undefined;
  /** Queries, keys and values in one product: [C, (H + 2·Hkv)·D]. */
  readonly fused: LinearWeights;
  /** [H·D, C] */
  readonly attentionOut: LinearWeights;
  readonly feedForward: FeedForwardWeights | undefined;
}

export interface FeedForwardWeights {
  readonly norm: NormWeights | undefined;
  /** [C, F]; only in a gated network. */
  readonly gate: LinearWeights | undefined;
  /** [C, F] */
  readonly up: LinearWeights;
  /** [F, C] */
  readonly down: LinearWeights;
}

export interface LinearWeights {
  readonly weight: Matrix;
  /** [outputs] */
  readonly bias: DeviceArray | undefined;
}

/** [C] each. */
export interface NormWeights {
  readonly weight: DeviceArray;
  /** Absent for RMSNorm. */
  readonly bias: DeviceArray | undefined;
}
