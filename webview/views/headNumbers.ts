/** The arrays of the open head, by the names of the run. */
import type { NumberBlock } from '../../src/protocol/runs';
import { at, part } from '../picture/at';
import type { Inspector } from '../view';
import { seenKeys } from './maskNumbers';

export const attentionStages = [
  'dot',
  'scale',
  'mask',
  'softmax',
  'mix',
  'output',
  'residual',
] as const;

export type AttentionStage = (typeof attentionStages)[number];

/** Stages that are a map of queries by keys. */
export type MapStage = 'dot' | 'scale' | 'mask' | 'softmax';

export function isMapStage(stage: AttentionStage): stage is MapStage {
  return ['dot', 'scale', 'mask', 'softmax'].includes(stage);
}

export function stageOf({ place }: Inspector): AttentionStage {
  return attentionStages[place.value.stage] ?? 'softmax';
}

/** Weights of the open head, [Q, K]. */
export function patternOf({ numbers, place }: Inspector): NumberBlock | undefined {
  const { block, head } = place.value;
  return numbers.activation(`blocks.${String(block)}.attn.pattern`, [head]);
}

/** Scores of the open head before the mask, scaled, [Q, K]. */
export function scoresOf({ numbers, place }: Inspector): NumberBlock | undefined {
  const { block, head } = place.value;
  return numbers.activation(`blocks.${String(block)}.attn.scores`, [head]);
}

/** The scores of one query, [K]. Of a long text they are pulled by rows: a whole map takes longer to come than to look at. */
export function scoreRow(inspector: Inspector, query: number): Float32Array | undefined {
  const { numbers, place, subject } = inspector;
  const { block, head } = place.value;
  const { length } = subject.value;
  if (arePulledByRows(inspector))
    return numbers.activation(`blocks.${String(block)}.attn.scores`, [head, query])?.values;
  return scoresOf(inspector)?.values.subarray(query * length, (query + 1) * length);
}

/** Whether the scores of a query come after it is pointed at. */
export function arePulledByRows({ subject }: Inspector): boolean {
  return subject.value.length ** 2 > wholeLimit;
}

/** The heads beside the open one are likely to be looked at next: their maps are pulled when the open one's is there. */
export function lookAhead(inspector: Inspector): void {
  const { numbers, place, subject } = inspector;
  const { block, head } = place.value;
  const { heads } = subject.value.model.config;
  const stage = stageOf(inspector);
  const isScored = isMapStage(stage) && stage !== 'softmax';
  if (!patternOf(inspector) || (isScored && !scoresOf(inspector))) return;
  for (const next of [head + 1, head - 1]) {
    if (next < 0 || next >= heads) continue;
    numbers.lookAhead(`blocks.${String(block)}.attn.pattern`, [next]);
    if (isScored) numbers.lookAhead(`blocks.${String(block)}.attn.scores`, [next]);
    if (arePulledByRows(inspector))
      numbers.lookAhead(`blocks.${String(block)}.attn.scores`, [next, restingCell(inspector)[0]]);
  }
}

/** Activations up to this many numbers (2 MB) are pulled whole, so that pointing elsewhere needs no wait. */
const wholeLimit = 2 ** 19;

/** Query, key, value or mix of the open head at a position, [D]. */
export function headVector(
  inspector: Inspector,
  what: 'q' | 'k' | 'v' | 'z',
  position: number,
): Float32Array | undefined {
  const { numbers, place, subject } = inspector;
  const { block } = place.value;
  const { length, model } = subject.value;
  const { heads, headSize } = model.config;
  const isShared = what === 'k' || what === 'v';
  const head = isShared ? keyValueHead(inspector) : place.value.head;
  const name = `blocks.${block}.attn.${what}`;
  if (length * heads * headSize > wholeLimit)
    return numbers.activation(name, [position, head])?.values;
  const whole = numbers.activation(name);
  return whole && part(whole, position, head);
}

/** The head of keys and values of the open one: several query heads may share one. */
export function keyValueHead({ place, subject }: Inspector): number {
  const { heads, keyValueHeads } = subject.value.model.config;
  return Math.floor((place.value.head * keyValueHeads) / heads);
}

/** The weights of one query, [K]. */
export function rowOf(inspector: Inspector, query: number): Float32Array | undefined {
  const pattern = patternOf(inspector);
  const length = inspector.subject.value.length;
  return pattern?.values.subarray(query * length, (query + 1) * length);
}

/** The locked cell, else the chosen token's query with the key it weighs most. */
export function restingCell(inspector: Inspector): Cell {
  const { cell, position } = inspector.place.value;
  if (cell) return cell;
  const pattern = patternOf(inspector);
  if (!pattern) return [position, position];
  let cells = resting.get(pattern.values);
  if (!cells) resting.set(pattern.values, (cells = new Map<number, Cell>()));
  let found = cells.get(position);
  if (!found) cells.set(position, (found = [position, strongestKey(inspector, position)]));
  return found;
}

type Cell = readonly [query: number, key: number];

/** By the weights of a head and the query: every frame, ring and tint asks for it. The mask belongs to the weights. */
const resting = new WeakMap<Float32Array, Map<number, Cell>>();

function strongestKey(inspector: Inspector, position: number): number {
  const row = rowOf(inspector, position);
  let best = position;
  if (row)
    for (const key of seenKeys(inspector, position)) if (at(row, key) > at(row, best)) best = key;
  return best;
}

/** The cell under the pointer, else the resting one. */
export function cellNow(inspector: Inspector): readonly [query: number, key: number] {
  return inspector.pointed.value?.cell ?? restingCell(inspector);
}
