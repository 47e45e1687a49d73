import type { NumberBlock, Neighbour, TokenFacts } from '../../protocol/runs';
import { checkId, checkWhole } from '../ids';
import { throwIfCancelled } from '../model/cancellation';
import type { Decoder } from '../model/decoder';
import { Turns } from '../turns';
import type { Pace } from '../work';
import { topIndices } from './topIndices';

/** What can be told of the rows of the token embedding. The norm of every row is computed once and kept: 8·V bytes. */
export class EmbeddingTable {
  readonly #decoder: Decoder;
  readonly #turns = new Turns();
  #norms: Float64Array | undefined;

  constructor(decoder: Decoder) {
    this.#decoder = decoder;
  }

  /** The rows of the ids, [ids, C]. Throws `id-out-of-range`. */
  async rows(ids: Int32Array, pace: Pace): Promise<NumberBlock> {
    const { width, vocabulary } = this.#decoder.config;
    for (const id of ids) checkId(id, vocabulary);
    const values = new Float32Array(ids.length * width);
    for (const [index, id] of ids.entries()) {
      values.set(await this.#decoder.embeddingRow(id), index * width);
      await pace.pause();
    }
    return { shape: [ids.length, width], values };
  }

  /**
   * Norm, row and nearest tokens by cosine over the whole vocabulary. A row of zeros has no cosine with anything: such
   * tokens are nobody's neighbours.
   */
  async facts(
    request: { readonly id: number; readonly neighbours: number },
    pace: Pace,
  ): Promise<TokenFacts> {
    const { id } = request;
    checkId(id, this.#decoder.config.vocabulary);
    checkWhole('neighbours', request.neighbours, [0, 1000]);
    const norms = await this.#turns.take(() => this.#allNorms(pace));
    const embedding = Float32Array.from(await this.#decoder.embeddingRow(id));
    const products = await this.#decoder.project(embedding, 'embedding');
    const cosines = Float64Array.from(norms, (norm, other) => {
      const undefinedHere = other === id || norm === 0 || norms[id] === 0;
      return undefinedHere ? -Infinity : products[other] / (norm * norms[id]);
    });
    const nearest: Neighbour[] = [];
    for (const other of topIndices(cosines, request.neighbours)) {
      if (cosines[other] === -Infinity) break;
      const cosine = cosineOf(await this.#decoder.embeddingRow(other), embedding);
      nearest.push({ id: other, cosine: Math.min(1, cosine) });
    }
    nearest.sort((a, b) => b.cosine - a.cosine || a.id - b.id);
    return { id, norm: norms[id], embedding, nearest };
  }

  async #allNorms(pace: Pace): Promise<Float64Array> {
    throwIfCancelled(pace.signal);
    if (this.#norms !== undefined) return this.#norms;
    const norms = new Float64Array(this.#decoder.config.vocabulary);
    for (const id of norms.keys()) {
      norms[id] = normOf(await this.#decoder.embeddingRow(id));
      if (id % 64 === 0) await pace.pause();
    }
    this.#norms = norms;
    return norms;
  }
}

/** Exact in float64 for the few that are shown; the device's float32 products choose them. */
function cosineOf(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let product = 0;
  for (let channel = 0; channel < a.length; channel++) product += a[channel] * b[channel];
  return product / (normOf(a) * normOf(b));
}

function normOf(vector: ArrayLike<number>): number {
  let square = 0;
  for (let channel = 0; channel < vector.length; channel++) square += vector[channel] ** 2;
  return Math.sqrt(square);
}
