import type { Lens, NumberBlock } from '../../protocol/runs';
import { checkWhole } from '../ids';
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
  request: { readonly run: Run; readonly top: number },
  pace: Pace,
): Promise<Lens> {
  const { config } = traced.decoder;
  checkWhole('top', request.top, [1, 100]);
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
  };
  const blocks = new Map<string, NumberBlock>();
  await traced.runs.visit(request.run, states.flat(), {
    pace,
    visit: (name, block) => void blocks.set(name, block),
  });
  const reader = new LensReader(result);
  // The last one first: the others are ranked against it.
  for (let state = states.length - 1; state >= 0; state--) {
    const parts = states[state].flatMap((name) => blocks.get(name) ?? []);
    await forEachLogitRow(traced.decoder, { values: sumOf(parts), pace }, (position, logits) => {
      reader.read({ state, position }, logits);
    });
  }
  return result;
}

/** Fills the cells of a lens, those of the last state before all others. */
class LensReader {
  readonly #lens: Lens;
  #scratch = new Float64Array();

  constructor(result: Lens) {
    this.#lens = result;
  }

  read(cell: { state: number; position: number }, logits: ArrayLike<number>): void {
    const { shape, ids, probabilities, finalRank, entropyBits } = this.#lens;
    const [states, tokens, top] = shape;
    if (this.#scratch.length !== logits.length) this.#scratch = new Float64Array(logits.length);
    const { numerators, sum, entropyBits: entropy } = softmax(logits, 1, this.#scratch);
    const index = cell.state * tokens + cell.position;
    for (const [rank, id] of topIndices(logits, top).entries()) {
      ids[index * top + rank] = id;
      probabilities[index * top + rank] = numerators[id] / sum;
    }
    const finalTop = ids[((states - 1) * tokens + cell.position) * top];
    finalRank[index] = rankOf(logits, finalTop);
    entropyBits[index] = entropy;
  }
}
