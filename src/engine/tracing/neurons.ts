import { fail } from '../../protocol/failures';
import type { Neurons, NeuronsOf } from '../../protocol/runs';
import { checkWhole } from '../ids';
import { hasFeedForward } from '../model/shapes';
import type { WeightSource } from '../model/weights';
import { readSpans } from '../weightSlices';
import type { Pace } from '../work';
import { activation, type Traced } from './activation';
import { centre, finalNorm, type FinalNorm } from './finalNorm';
import { rowsAtOnce } from './logitRows';
import type { Run } from './runs';
import { topIndices } from './topIndices';

/** Which neurons are asked for. */
type NeuronsAt = NeuronsOf & { readonly run: Run };

/**
 * The strongest neurons of one block at one position, and what each does to the logits by itself.
 *
 * A neuron of activation a adds a·w to the hidden state, w being its row of the output projection. The change of the
 * logits that comes from it directly, through the final norm with its scale held, is a·scale·W_U(γ ∘ (w − mean w));
 * the order of the tokens in it depends on neither a > 0 nor the scale, so it is a fact about the neuron alone.
 * (Geva et al. 2022 read W_U·w, which leaves the norm's weight out.)
 */
export async function neurons(
  traced: Traced & { readonly weights: WeightSource },
  at: NeuronsAt,
  pace: Pace,
): Promise<Neurons> {
  const { config } = traced.decoder;
  const name = `blocks.${at.block}.mlp.post`;
  if (!hasFeedForward(config)) throw fail('activation-unknown', { name });
  checkWhole('block', at.block, [0, config.layers - 1]);
  checkWhole('position', at.position, [0, at.run.ids.length - 1]);
  checkWhole('neurons', at.neurons, [1, 512]);
  checkWhole('top', at.top, [1, 100]);

  const post = await activation(traced, { run: at.run, name, index: [at.position] }, pace);
  const indices = topIndices(post.values.map(Math.abs), at.neurons);
  const norm = await finalNorm(config, traced.weights, pace);
  const rows = await outputRows(traced, { block: at.block, indices }, pace);
  const directions = rows.map((row) => throughNorm(row, norm));
  return { indices, ...(await effects(traced, { directions, top: at.top }, pace)) };
}

/** The rows of W_out that belong to the neurons, in their order: [C] each. */
async function outputRows(
  traced: Traced & { readonly weights: WeightSource },
  at: { readonly block: number; readonly indices: Int32Array },
  pace: Pace,
): Promise<Float32Array[]> {
  const { width } = traced.decoder.config;
  const rising = at.indices.slice().sort();
  const spans = Array.from(rising, (neuron) => ({ start: neuron * width, length: width }));
  const name = `h.${at.block}.mlp.c_proj.weight`;
  const values = await readSpans(traced.weights, { name, spans }, pace);
  return Array.from(at.indices, (neuron) => {
    const row = rising.indexOf(neuron);
    return values.subarray(row * width, (row + 1) * width);
  });
}

function throughNorm(row: Float32Array, norm: FinalNorm): Float32Array {
  const exact = Float64Array.from(row);
  const centred = norm.centred ? centre(exact) : exact;
  return Float32Array.from(centred, (value, channel) => value * norm.weight[channel]);
}

async function effects(
  traced: Traced,
  wanted: { readonly directions: readonly Float32Array[]; readonly top: number },
  pace: Pace,
): Promise<Pick<Neurons, 'promoted' | 'suppressed' | 'top'>> {
  const { width, vocabulary } = traced.decoder.config;
  const { directions } = wanted;
  const top = Math.min(wanted.top, vocabulary);
  const promoted = new Int32Array(directions.length * top);
  const suppressed = new Int32Array(directions.length * top);
  const atOnce = rowsAtOnce(traced.decoder.config);
  for (let first = 0; first < directions.length; first += atOnce) {
    await pace.pause();
    const batch = directions.slice(first, first + atOnce);
    const vectors = new Float32Array(batch.length * width);
    for (const [row, direction] of batch.entries()) vectors.set(direction, row * width);
    const scores = await traced.decoder.project(vectors, 'unembedding');
    for (const row of batch.keys()) {
      const own = scores.subarray(row * vocabulary, (row + 1) * vocabulary);
      promoted.set(topIndices(own, top), (first + row) * top);
      const negated = own.map((score) => -score);
      suppressed.set(topIndices(negated, top), (first + row) * top);
    }
  }
  return { promoted, suppressed, top };
}
