import type { Moves, WeightMove } from '../../protocol/labExperiments';
import type { WeightSource } from '../model/weights';
import type { LabRun } from './labRun';
import { currentWeights, withSnapshot } from './runSources';
import { distance, norm } from './stepWatch';

/** How the rows of the embedding moved from the start of a run to now. */
export async function movesOf(run: LabRun): Promise<Moves> {
  const { vocabulary, width } = run.data.config;
  const start = await withSnapshot(run.folder, 0, (weights) => valuesOf(weights, embedding));
  const now = await valuesOf(await currentWeights(run.trainer), embedding);
  const rows = (table: Float32Array): Float32Array[] =>
    Array.from({ length: vocabulary }, (_, row) => table.subarray(row * width, (row + 1) * width));
  const [before, after] = [rows(start), rows(now)];
  return {
    distance: Float32Array.from(before, (row, id) => distance(row, after[id])),
    normBefore: Float32Array.from(before, norm),
    normAfter: Float32Array.from(after, norm),
    cosine: Float32Array.from(before, (row, id) => cosine(row, after[id])),
  };
}

const embedding = 'wte.weight';

/** How far each weight of two runs moved, those that only the second one has at the end. */
export async function weightMoves(baseline: LabRun, twin: LabRun): Promise<WeightMove[]> {
  const [ours, theirs] = [await distancesOf(baseline), await distancesOf(twin)];
  return [...new Set([...ours.keys(), ...theirs.keys()])].map((name) => {
    return { name, baseline: ours.get(name), twin: theirs.get(name) };
  });
}

async function distancesOf(run: LabRun): Promise<ReadonlyMap<string, number>> {
  const now = await currentWeights(run.trainer);
  return withSnapshot(run.folder, 0, async (start) => {
    const moved = new Map<string, number>();
    for (const name of now.names) {
      moved.set(name, distance(await valuesOf(start, name), await valuesOf(now, name)));
    }
    return moved;
  });
}

async function valuesOf(weights: WeightSource, name: string): Promise<Float32Array> {
  const length = weights.shape(name).reduce((size, axis) => size * axis, 1);
  const all = new Float32Array(length);
  for await (const { offset, values } of weights.chunks(name)) all.set(values, offset);
  return all;
}

function cosine(a: Float32Array, b: Float32Array): number {
  let product = 0;
  for (let i = 0; i < a.length; i++) product += a[i] * b[i];
  return product / (norm(a) * norm(b));
}
