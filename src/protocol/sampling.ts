/** How a token is picked from the logits. */
export interface SamplingSettings {
  /** Divisor of the logits; 0 is greedy (the largest logit, the smallest id on a tie). Range [0, 10]. */
  readonly temperature: number;
  /** Keep the k largest; 0 keeps all. */
  readonly topK: number;
  /** Keep the smallest set of largest probabilities whose sum reaches p. Range (0, 1]; 1 keeps all. */
  readonly topP: number;
  /** Keep what is at least this share of the largest probability. Range [0, 1]; 0 or undefined keeps all. */
  readonly minP?: number;
  /**
   * Divides the positive and multiplies the negative logits of tokens that the model sees already. Range [0.1, 10];
   * 1 or undefined changes nothing.
   */
  readonly repetitionPenalty?: number;
  /** Seed of the draws. A draw depends on the seed and on how many tokens were generated before it, on nothing else. */
  readonly seed: number;
}

export const greedySampling: SamplingSettings = { temperature: 0, topK: 0, topP: 1, seed: 1 };

/** When generation ends. */
export interface StopSettings {
  /** Longest generation in tokens. */
  readonly maxTokens: number;
  /** Texts that end the generation when they appear in it, also across token boundaries. */
  readonly stopStrings: readonly string[];
}

export type StopReason = 'end' | 'length' | 'stop';

/** The distribution at one position under given settings, largest logit first, cut to the rows asked for. */
export interface Distribution {
  /** Ids by falling logit; ties by rising id. As many as were asked for. */
  readonly ids: Int32Array;
  /** After the repetition penalty, before the temperature. */
  readonly logits: Float32Array;
  /** softmax(logit ÷ temperature) over the whole vocabulary; at temperature 0 the softmax at temperature 1. */
  readonly probabilities: Float64Array;
  /** The probabilities after the cut, renormalised: what the draw is made from. 0 for what was cut. */
  readonly kept: Float64Array;
  /** How many tokens the cut keeps, and their sum before renormalising. */
  readonly keptCount: number;
  readonly keptMass: number;
  /** Entropy of `probabilities` over the whole vocabulary, in bits. */
  readonly entropyBits: number;
  /** Largest logit minus second largest. */
  readonly logitGap: number;
  /** Denominator of the softmax relative to the largest logit: Σ exp((logit − max) ÷ temperature). */
  readonly sumExp: number;
  readonly maxLogit: number;
  readonly vocabulary: number;
  /** What the settings pick here. */
  readonly pick: PickedToken;
}

/** One picked token and how it was picked. */
export interface PickedToken {
  readonly id: number;
  /**
   * Probability in the distribution it was drawn from (after the cut); for greedy, the softmax at temperature 1; for one
   * that a person chose, what the settings give it before the cut.
   */
  readonly probability: number;
  /** 1 for the largest logit. */
  readonly rank: number;
  /** The random number in [0, 1) that decided, or undefined for greedy and for a person's choice. */
  readonly draw: number | undefined;
  /** The token's interval [from, to) on the cumulative bar of kept probabilities, largest first; undefined for greedy. */
  readonly interval: readonly [number, number] | undefined;
}

/** Rows of keys and values per block: kept from before, computed now, and tokens that no longer fit. */
export interface CacheUse {
  readonly kept: number;
  readonly computed: number;
  readonly dropped: number;
}
