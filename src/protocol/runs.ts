import type { DeviceName } from './devices';

/** Names a finished forward pass whose activations the engine still holds, or can compute again. */
export type RunId = number;

/** One forward pass over the tokens that fit. Activations are asked for by name, see `EngineApi.activation`. */
export interface RunInfo {
  readonly run: RunId;
  /** The ids that went through the model: the last `ids.length` of what was given. */
  readonly ids: Int32Array;
  /** How many leading tokens did not fit the context. */
  readonly dropped: number;
  /**
   * Surprisal of each token in bits given those before it in the window; NaN for the first, which has no context.
   */
  readonly surprisalBits: Float32Array;
  /** Rank of each token among the predictions made for it, 1 for the most expected; 0 for the first. */
  readonly ranks: Int32Array;
  readonly device: DeviceName;
  readonly ms: number;
}

/** A block of numbers with its shape, slowest axis first. */
export interface NumberBlock {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** How each head attends, averaged over query positions 1 and later of a run; [L, H] or [H] each, NaN where undefined. */
export interface HeadStatistics {
  readonly previous: Float32Array;
  readonly first: Float32Array;
  readonly itself: Float32Array;
  /** Weight on earlier occurrences of the current token itself. */
  readonly same: Float32Array;
  /** Weight on the token after an earlier occurrence of the current token (induction). */
  readonly induction: Float32Array;
  /** Mean entropy of the rows, in bits. */
  readonly entropyBits: Float32Array;
}

/**
 * Which map of attention: of one head, of a block (all its heads), or of the whole model (all blocks). Weights of several
 * heads are averaged; contributions are the norm of what a key's value adds to the query's stream, that of a block being
 * the norm of what its heads add together, and of the model the mean of its blocks.
 */
export interface AttentionMapOf {
  readonly kind: 'weights' | 'contributions';
  /** Without it, all blocks. */
  readonly block?: number;
  /** Without it, all heads. */
  readonly head?: number;
}

/**
 * Maps as small pictures, made with progress: [H + 1, n, n], of a block's heads and of all of them together; without a
 * block [1, n, n], of all blocks. Each of the n ≤ `places` rows and columns holds the strongest number of its cells.
 */
export interface SmallMapsOf {
  readonly kind: AttentionMapOf['kind'];
  readonly block?: number;
  readonly places: number;
}

export interface AttentionMap {
  /** [Q, K], never negative; 0 where the mask hides the key. */
  readonly map: NumberBlock;
  /** ‖v·W_O‖ of each key, [K], which the weights are multiplied by; only for contributions of one head. */
  readonly norms: Float32Array | undefined;
}

/** How one run differs from another at P pairs of positions: 0 is no difference everywhere. */
export interface RunDifference {
  /**
   * How far the weights of each head moved, [L, H]: half the sum of |after − before| of a row, in [0, 1], averaged over
   * the pairs (total variation distance). A key without a counterpart has weight 0 on the other side.
   */
  readonly heads: Float32Array;
  /**
   * ‖after − before‖ ÷ ‖before‖ of the hidden state as it enters block 0 and leaves each block, [L + 1, P]; NaN where
   * it was zero.
   */
  readonly states: Float32Array;
  /** Divergence KL(before ‖ after) of the prediction after each position, in bits, [P]. */
  readonly divergenceBits: Float32Array;
}

/**
 * The logit lens: each hidden state read by the final norm and the unembedding as if it were the last.
 * Rows are `resid_pre` of block 0, then `resid_post` of each block: [L + 1, T, top].
 */
export interface Lens {
  readonly shape: readonly [number, number, number];
  readonly ids: Int32Array;
  readonly probabilities: Float32Array;
  /** Rank, in each hidden state, of the token the last one ranks first: [L + 1, T]. */
  readonly finalRank: Int32Array;
  readonly entropyBits: Float32Array;
  /** log ∑ exp of a state's logits over the whole vocabulary: p = exp(logit − this), [L + 1, T]. */
  readonly logSumExp: Float32Array;
  /** KL(last ‖ this): how far each state's prediction is from the model's own, in bits, [L + 1, T]. */
  readonly divergenceBits: Float32Array;
  /** Rank and probability of the token that was asked for, [L + 1, T]; empty when none was. */
  readonly watchedRank: Int32Array;
  readonly watchedProbability: Float32Array;
}

/** The strongest `neurons` of a block at a position, each with the `top` ids that it raises and lowers most. */
export interface NeuronsOf {
  readonly block: number;
  readonly position: number;
  readonly neurons: number;
  readonly top: number;
}

/** Neurons of one block at one position, strongest |post| first. */
export interface Neurons {
  readonly indices: Int32Array;
  /** Ids whose logits the neuron's output weights raise most per unit of activation: [neurons, top]. */
  readonly promoted: Int32Array;
  /** Ids it lowers most: [neurons, top]. */
  readonly suppressed: Int32Array;
  readonly top: number;
}

/**
 * Direct contributions to one logit at one position, in logits: each part's share of the residual stream through
 * the final norm (with the norm's scale held at its actual value) and the unembedding. They sum to the logit.
 */
export interface Contributions {
  readonly logit: number;
  readonly embed: number;
  readonly position: number;
  /** [L, H] */
  readonly heads: Float32Array;
  /** Bias of the attention output, [L]. */
  readonly attentionBias: Float32Array;
  /** [L] */
  readonly feedForward: Float32Array;
  /** Bias of the final norm through the unembedding. */
  readonly normBias: number;
}

/**
 * One number of a run beside the same number computed again in float64: by other code, from its direct operands as the
 * run holds them and from the weights as the file has them.
 */
export interface Verification {
  readonly name: string;
  /** One index for each axis of the activation. */
  readonly index: readonly number[];
  /** What the device that ran computed, in float32. */
  readonly recorded: number;
  readonly recomputed: number;
  readonly device: DeviceName;
  /** Largest magnitude of the activation, which is what differences of float32 are measured by. */
  readonly largest: number;
  readonly operands: readonly VerifiedOperand[];
  /** Where the number is a sum of products. */
  readonly products: ProductSum | undefined;
}

/** A part of an activation or weight that a number is computed from. */
export interface VerifiedOperand {
  /** With its indices, `:` for a whole axis, as in `blocks.0.attn.q[5, 2, :]`. */
  readonly name: string;
  /** How many numbers it has. */
  readonly count: number;
  /** The number itself where it is one. */
  readonly value: number | undefined;
}

/** factor · (Σ left · right + bias), with the largest products in order of magnitude and the others as one number. */
export interface ProductSum {
  readonly count: number;
  readonly top: readonly {
    readonly index: number;
    readonly left: number;
    readonly right: number;
    readonly product: number;
  }[];
  readonly others: number;
  /** 0 where there is none. */
  readonly bias: number;
  /** 1 where there is none, 1 ÷ √D of a score. */
  readonly factor: number;
}

/** Rows of the embedding table laid out in two dimensions. */
export interface EmbeddingMap {
  /** The tokens that were asked for, then those around them. */
  readonly ids: Int32Array;
  /** How many of them were asked for. */
  readonly own: number;
  /** x and y of each, [ids, 2]. */
  readonly places: Float32Array;
  /** The share of the variance that each axis keeps, in [0, 1]; undefined where axes mean nothing, as in UMAP. */
  readonly kept: readonly [number, number] | undefined;
  /**
   * How places follow from rows: (row − mean) · direction. The mean is [C], of the rows on the map; the directions are
   * [2, C]. Undefined where there is no such formula, as in UMAP, or nothing to lay out.
   */
  readonly axes: { readonly mean: Float32Array; readonly directions: NumberBlock } | undefined;
}

/** A token of the vocabulary near another, by cosine of their embedding rows. */
export interface Neighbour {
  readonly id: number;
  readonly cosine: number;
}

/** What the model thought of tokens of a text of any length, one entry each. */
export interface TokenSurprisals {
  /** −log₂ of the probability given the tokens before, in bits; NaN for the first token of all. */
  readonly bits: Float32Array;
  /** Rank among the predictions, 1 for the most expected; 0 for the first token of all. */
  readonly ranks: Int32Array;
  /** How many tokens before it the model saw. */
  readonly contexts: Int32Array;
}

/** The static facts of a vocabulary entry. */
export interface TokenFacts {
  readonly id: number;
  /** Euclidean norm of the embedding row. */
  readonly norm: number;
  readonly embedding: Float32Array;
  /** Nearest first, itself left out. */
  readonly nearest: readonly Neighbour[];
}

/** What the model thought of one token given the text before it. */
export interface Expectation {
  readonly id: number;
  readonly probability: number;
  readonly rank: number;
  readonly surprisalBits: number;
  /** How many tokens before it the model saw. */
  readonly contextLength: number;
  /** What it expected most, in order. */
  readonly top: readonly { readonly id: number; readonly probability: number }[];
}
