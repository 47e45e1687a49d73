/** One decoder, described: GPT-2 files, the built-in model and ablated variants are all values of this type. */
export interface ModelConfig {
  /** Number of blocks, L ≥ 0. */
  readonly layers: number;
  /** Query heads per block, H. */
  readonly heads: number;
  /** Key/value heads per block; equal to `heads` except in grouped-query attention. */
  readonly keyValueHeads: number;
  /** Channels in one head, D. */
  readonly headSize: number;
  /** Residual channels, C. */
  readonly width: number;
  /** Hidden units of the feed-forward network, F. */
  readonly hidden: number;
  /** Rows of the vocabulary, V. */
  readonly vocabulary: number;
  /** Longest input in tokens. */
  readonly context: number;
  readonly norm: 'layer' | 'rms' | 'none';
  readonly normPlace: 'pre' | 'post';
  readonly normEpsilon: number;
  readonly position: 'learned' | 'sinusoidal' | 'rotary' | 'none';
  readonly rotaryBase: number;
  readonly activation: Activation;
  /** Which positions attention sees: itself and all before it, or (`none`) all. Absent for `causal`. */
  readonly mask?: 'causal' | 'none';
  /** Whether linear layers of a block add a bias. */
  readonly biases: boolean;
  /** Whether the unembedding is the token embedding. */
  readonly tied: boolean;
  /** The id that ends a text, when the model has one. */
  readonly endId: number | undefined;
}

/** Non-linearity of the feed-forward network. `silu_gated` is the gated pair of Llama; `identity` is the ablation. */
export type Activation = 'gelu_new' | 'gelu' | 'relu' | 'silu_gated' | 'identity' | 'none';
