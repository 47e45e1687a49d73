import type { Distribution, PickedToken, SamplingSettings } from '../../protocol/sampling';
import { checkId } from '../ids';
import { FallingOrder } from './fallingOrder';
import { draw } from './random';
import { penalised } from './repetitionPenalty';
import { checkSampling } from './settings';
import { softmax, type Softmax } from './softmax';

/**
 * One row of logits under sampling settings: repetition penalty → temperature → top-k → top-p → min-p → renormalise, all
 * in float64.
 *
 * Top-p is taken of what top-k left, renormalised, as transformers' logits processors do (Holtzman et al. 2020 define
 * it without top-k). Min-p (Nguyen et al. 2024) keeps what reaches a share of the largest probability. Exactly k tokens
 * are kept: ties at the cut go to the smaller id. Temperature 0 keeps the largest logit alone, and the probabilities told
 * are those at temperature 1.
 */
export class Prediction {
  readonly #logits: ArrayLike<number>;
  readonly #sampling: SamplingSettings;
  readonly #softmax: Softmax;
  readonly #order: FallingOrder;
  readonly #cut: Cut;

  /**
   * `seen` are the ids that the repetition penalty is for: those that the model sees.
   * Throws `setting-invalid` or, for logits that are no numbers, `tensor-not-finite`.
   */
  constructor(logits: ArrayLike<number>, sampling: SamplingSettings, seen?: Int32Array) {
    checkSampling(sampling);
    this.#logits = penalised(logits, seen, sampling.repetitionPenalty);
    this.#sampling = sampling;
    this.#softmax = softmax(this.#logits, isGreedy(sampling) ? 1 : sampling.temperature);
    this.#order = new FallingOrder(this.#logits);
    this.#cut = cutOf(this.#softmax, this.#order, sampling);
  }

  get entropyBits(): number {
    return this.#softmax.entropyBits;
  }

  /** What the settings pick as the `step`-th draw. */
  pick(step: number): PickedToken {
    if (!isGreedy(this.#sampling)) return this.#drawn(draw(this.#sampling.seed, step));
    const id = this.#order.at(0);
    const probability = this.#softmax.numerators[id] / this.#softmax.sum;
    return { id, probability, rank: 1, draw: undefined, interval: undefined };
  }

  /** A token that was chosen whatever the settings would pick. Throws `id-out-of-range`. */
  choose(id: number): PickedToken {
    checkId(id, this.#order.length);
    let rank = 0;
    while (this.#order.at(rank) !== id) rank++;
    const probability = this.#softmax.numerators[id] / this.#softmax.sum;
    return { id, probability, rank: rank + 1, draw: undefined, interval: undefined };
  }

  /** The most likely tokens with their probability before the cut. */
  top(count: number): { readonly id: number; readonly probability: number }[] {
    return Array.from(this.#order.first(count), (id) => ({
      id,
      probability: this.#softmax.numerators[id] / this.#softmax.sum,
    }));
  }

  /** The whole answer, cut to the `rows` largest. */
  distribution(step: number, rows: number): Distribution {
    const ids = this.#order.first(rows);
    const { numerators, sum, max, entropyBits } = this.#softmax;
    const { count, mass } = this.#cut;
    return {
      ids,
      logits: Float32Array.from(ids, (id) => this.#logits[id]),
      probabilities: Float64Array.from(ids, (id) => numerators[id] / sum),
      kept: Float64Array.from(ids, (id, rank) => (rank < count ? numerators[id] / mass : 0)),
      keptCount: count,
      keptMass: mass / sum,
      entropyBits,
      logitGap: this.#order.length > 1 ? max - this.#logits[this.#order.at(1)] : Number.NaN,
      sumExp: sum,
      maxLogit: max,
      vocabulary: this.#order.length,
      pick: this.pick(step),
    };
  }

  /** The token whose interval on the cumulative bar holds `point`. */
  #drawn(point: number): PickedToken {
    const { numerators } = this.#softmax;
    const { count, mass } = this.#cut;
    let from = 0;
    let rank = 0;
    let to = numerators[this.#order.at(0)];
    // The running sum may fall short of `mass` by rounding; the last token that can be drawn at all then takes it.
    while (to <= point * mass && rank + 1 < count) {
      const next = numerators[this.#order.at(rank + 1)];
      if (next === 0) break;
      rank++;
      from = to;
      to += next;
    }
    const id = this.#order.at(rank);
    const interval = [from / mass, Math.min(1, to / mass)] as const;
    return { id, probability: numerators[id] / mass, rank: rank + 1, draw: point, interval };
  }
}

/** How many of the largest are kept and the sum of their numerators. */
interface Cut {
  readonly count: number;
  readonly mass: number;
}

function cutOf(soft: Softmax, order: FallingOrder, sampling: SamplingSettings): Cut {
  if (isGreedy(sampling)) return { count: 1, mass: soft.numerators[order.at(0)] };
  const byRank = topK(soft, order, sampling.topK);
  const byMass = sampling.topP < 1 ? topP(soft, order, { from: byRank, p: sampling.topP }) : byRank;
  const { minP = 0 } = sampling;
  return minP > 0 ? atLeast(soft, order, { from: byMass, p: minP }) : byMass;
}

function topK(soft: Softmax, order: FallingOrder, k: number): Cut {
  if (k === 0 || k >= order.length) return { count: order.length, mass: soft.sum };
  let mass = 0;
  for (let rank = 0; rank < k; rank++) mass += soft.numerators[order.at(rank)];
  return { count: k, mass };
}

function topP(soft: Softmax, order: FallingOrder, cut: { from: Cut; p: number }): Cut {
  const target = cut.p * cut.from.mass;
  let mass = 0;
  for (let rank = 0; rank < cut.from.count; rank++) {
    mass += soft.numerators[order.at(rank)];
    if (mass >= target) return { count: rank + 1, mass };
  }
  return cut.from;
}

/** The numerator of the largest logit is 1, so a numerator is the share of the largest probability. */
function atLeast(soft: Softmax, order: FallingOrder, cut: { from: Cut; p: number }): Cut {
  let mass = 0;
  for (let rank = 0; rank < cut.from.count; rank++) {
    const numerator = soft.numerators[order.at(rank)];
    if (numerator < cut.p) return { count: rank, mass };
    mass += numerator;
  }
  return cut.from;
}

function isGreedy(sampling: SamplingSettings): boolean {
  return sampling.temperature === 0;
}
