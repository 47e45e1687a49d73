import type { Lens, NumberBlock } from '../../protocol/runs';
import { checkId, checkWhole } from '../ids';
import { softmax } from '../sampling/softmax';
import type { Pace } from '../work';
import type { Traced } from './activation';
import { hiddenStates, sumOf } from './hiddenStates';
import { forEachLogitRow } from './logitRows';
import type { Run } from './runs';
import { rankOf, topIndices } from './topIndices';

/**
 * The logit lens (nostalgebraist 2020): every hidden state read by the final norm and the unembedding as if it were the
 * last one. The last row is the model's own prediction.
 */
export async function lens(
  traced: Traced,
  request: { readonly run: Run; readonly top: number; readonly watch?: number },
  pace: Pace,
): Promise<Lens> {
  const { config } = traced.decoder;
  checkWhole('top', request.top, [1, 100]);
  if (request.watch !== undefined) checkId(request.watch, config.vocabulary);
  const states = hiddenStates(config);
  const tokens = request.run.ids.length;
  const top = Math.min(request.top, config.vocabulary);
  const cells = states.length * tokens;
  const result: Lens = {
    shape: [states.length, tokens, top],
    ids: new Int32Array(cells * top),
    probabilities: new Float32Array(cells * top),
    finalRank: new Int32Array(cells),
    entropyBits: new Float32Array(cells),
    logSumExp: new Float32Array(cells),
    divergenceBits: new Float32Array(cells),
    watchedRank: new Int32Array(request.watch === undefined ? 0 : cells),
    watchedProbability: new Float32Array(request.watch === undefined ? 0 : cells),
  };
  const blocks = new Map<string, NumberBlock>();
  await traced.runs.visit(request.run, states.flat(), {
    pace,
    visit: (name, block) => void blocks.set(name, block),
  });
  const reader = new LensReader(result, request.watch);
  const hidden = states.map((names) => sumOf(names.flatMap((name) => blocks.get(name) ?? [])));
  const { width } = config;
  // All states of one position together, the last one first: the others are compared with it.
  for (let position = 0; position < tokens; position++) {
    const values = new Float32Array(states.length * width);
    for (const [row, state] of hidden.toReversed().entries()) {
      values.set(state.subarray(position * width, (position + 1) * width), row * width);
    }
    await forEachLogitRow(traced.decoder, { values, pace }, (row, logits) => {
      reader.read({ state: states.length - 1 - row, position }, logits);
    });
  }
  return result;
}

/** Fills the cells of a lens, that of the last state before all others of its position. */
class LensReader {
  readonly #lens: Lens;
  readonly #watch: number | undefined;
  #scratch = new Float64Array();
  /** Log probabilities of the last state of the position, [V]. */
  #final = new Float64Array();

  constructor(result: Lens, watch: number | undefined) {
    this.#lens = result;
    this.#watch = watch;
  }

  read(cell: { state: number; position: number }, logits: ArrayLike<number>): void {
    const { shape, ids, probabilities, finalRank, entropyBits } = this.#lens;
    const [states, tokens, top] = shape;
    if (this.#scratch.length !== logits.length) this.#scratch = new Float64Array(logits.length);
    const found = softmax(logits, 1, this.#scratch);
    const { numerators, sum } = found;
    const index = cell.state * tokens + cell.position;
    for (const [rank, id] of topIndices(logits, top).entries()) {
      ids[index * top + rank] = id;
      probabilities[index * top + rank] = numerators[id] / sum;
    }
    const finalTop = ids[((states - 1) * tokens + cell.position) * top];
    finalRank[index] = rankOf(logits, finalTop);
    entropyBits[index] = found.entropyBits;
    const shift = found.max + Math.log(sum);
    this.#lens.logSumExp[index] = shift;
    this.#compare(index, logits, {
      shift,
      isFinal: cell.state === states - 1,
    });
    if (this.#watch === undefined) return;
    this.#lens.watchedRank[index] = rankOf(logits, this.#watch);
    this.#lens.watchedProbability[index] = numerators[this.#watch] / sum;
  }

  /** KL(last ‖ this) = Σ p·log₂(p ÷ q); `shift` turns this state's logits into log probabilities. */
  #compare(
    index: number,
    logits: ArrayLike<number>,
    { shift, isFinal }: { readonly shift: number; readonly isFinal: boolean },
  ): void {
    if (isFinal) {
      if (this.#final.length !== logits.length) this.#final = new Float64Array(logits.length);
      for (let id = 0; id < logits.length; id++) this.#final[id] = logits[id] - shift;
      return;
    }
    let nats = 0;
    for (const [id, logP] of this.#final.entries()) {
      const share = Math.exp(logP);
      if (share > 0) nats += share * (logP - logits[id] + shift);
    }
    this.#lens.divergenceBits[index] = Math.max(0, nats) / Math.LN2;
  }
}
