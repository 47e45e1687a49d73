import { PCA } from 'ml-pca';
import { UMAP } from 'umap-js';
import type { EmbeddingMap } from '../../protocol/runs';
import { checkId, checkWhole } from '../ids';
import { RandomStream } from '../tensor/random';
import type { Work } from '../work';
import type { EmbeddingTable } from './embeddingTable';

export interface MapRequest {
  /** Tokens that must be on the map; repeated ones are one point. */
  readonly ids: Int32Array;
  /** How many points at most. */
  readonly points: number;
  readonly method: 'pca' | 'umap';
  readonly seed: number;
}

/** Tokens of the text whose neighbours are looked for; each costs a product with the whole table. */
const mostAsked = 64;
const neighboursEach = 24;
/** Numbers of the table that are laid out: PCA's iterations read all of them. */
const mostNumbers = 2 ** 18;
/** The stream of chance that belongs to the map. */
const stream = 0x6d61_7000;

/**
 * Rows of the embedding table in two dimensions: the text's tokens, their nearest rows by cosine, then the first of the
 * vocabulary until there are enough. PCA (Pearson 1901; by NIPALS) keeps the two directions of most variance; UMAP
 * (McInnes, Healy & Melville 2018) keeps who is near whom and gives up distances. Chance comes from the seed alone.
 *
 * Throws `id-out-of-range`, `setting-invalid`, `cancelled`.
 */
export async function embeddingMap(
  on: { readonly table: EmbeddingTable; readonly vocabulary: number; readonly width: number },
  request: MapRequest,
  work: Work,
): Promise<EmbeddingMap> {
  checkWhole('points', request.points, [3, 4096]);
  for (const id of request.ids) checkId(id, on.vocabulary);
  const { ids, own } = await chosenIds(on, request, work);
  const { values } = await on.table.rows(ids, work.pace);
  const rows = Array.from(ids, (_, row) =>
    Array.from(values.subarray(row * on.width, (row + 1) * on.width)),
  );
  await work.pace.pause();
  const total = totalVariance(rows);
  // Where all rows are the same there is nothing to lay out.
  if (total === 0) {
    const places = new Float32Array(2 * ids.length);
    return { ids, own, places, kept: [0, 0], axes: undefined };
  }
  if (request.method === 'umap') {
    const places = await umap(rows, request.seed, work);
    return { ids, own, places, kept: undefined, axes: undefined };
  }
  return { ids, own, ...pca(rows, total) };
}

async function chosenIds(
  { table, vocabulary, width }: Parameters<typeof embeddingMap>[0],
  request: MapRequest,
  { pace }: Work,
): Promise<{ readonly ids: Int32Array; readonly own: number }> {
  const most = Math.min(request.points, vocabulary, Math.max(64, Math.floor(mostNumbers / width)));
  const chosen = new Set([...request.ids].slice(-most));
  const own = chosen.size;
  const nearest: (readonly number[])[] = [];
  for (const id of [...chosen].slice(0, mostAsked)) {
    const facts = await table.facts({ id, neighbours: neighboursEach }, pace);
    nearest.push(facts.nearest.map((neighbour) => neighbour.id));
  }
  // The nearest of all first, then the second nearest, so that every token has its own.
  const wanted = own + (most - own) / 2;
  for (let rank = 0; rank < neighboursEach; rank++) {
    for (const ranked of nearest) {
      if (chosen.size < wanted && rank < ranked.length) chosen.add(ranked[rank]);
    }
  }
  for (let id = 0; id < vocabulary && chosen.size < most; id++) chosen.add(id);
  return { ids: Int32Array.from(chosen), own };
}

function pca(rows: number[][], total: number): Pick<EmbeddingMap, 'places' | 'kept' | 'axes'> {
  const found = new PCA(rows, { method: 'NIPALS', nCompNIPALS: 2 });
  const scores = found.predict(rows).to2DArray();
  const places = Float32Array.from(scores.flatMap(([x, y]) => [x, y]));
  // Each component's variance is that of its scores.
  const share = (axis: 0 | 1): number =>
    scores.reduce((sum, score) => sum + score[axis] ** 2, 0) / total;
  // One column for each direction.
  const vectors = found.getEigenvectors().transpose().to2DArray();
  const directions = {
    shape: [2, rows[0].length],
    values: Float32Array.from(vectors.flat()),
  };
  return { places, kept: [share(0), share(1)], axes: { mean: meanOf(rows), directions } };
}

function meanOf(rows: readonly number[][]): Float32Array {
  return Float32Array.from(
    rows[0],
    (_, channel) => rows.reduce((sum, row) => sum + row[channel], 0) / rows.length,
  );
}

/** Sum of squared distances from the mean. */
function totalVariance(rows: readonly number[][]): number {
  let total = 0;
  for (let channel = 0; channel < rows[0].length; channel++) {
    const mean = rows.reduce((sum, row) => sum + row[channel], 0) / rows.length;
    total += rows.reduce((sum, row) => sum + (row[channel] - mean) ** 2, 0);
  }
  return total;
}

async function umap(
  rows: number[][],
  seed: number,
  { pace, onProgress }: Work,
): Promise<Float32Array> {
  const random = new RandomStream(seed, stream);
  let draws = 0;
  const layout = new UMAP({
    nNeighbors: Math.min(15, rows.length - 1),
    minDist: 0.1,
    random: () => random.uniform(draws++),
  });
  const epochs = layout.initializeFit(rows);
  for (let epoch = 0; epoch < epochs; epoch++) {
    onProgress?.({ done: epoch, total: epochs });
    await pace.pause();
    layout.step();
  }
  return Float32Array.from(layout.getEmbedding().flatMap(([x, y]) => [x, y]));
}
