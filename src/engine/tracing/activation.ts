import { fail } from '../../protocol/failures';
import type { NumberBlock } from '../../protocol/runs';
import { checkWhole } from '../ids';
import type { Decoder } from '../model/decoder';
import type { Pace } from '../work';
import { activationBytes, activationNames } from './activationShapes';
import { finalStateNames, sumOf } from './hiddenStates';
import { forEachLogitRow } from './logitRows';
import type { Run, Runs } from './runs';

/** Largest block that is handed out at once. */
const blockLimitBytes = 1 << 28;

/** Where the analyses of one model read from. */
export interface Traced {
  readonly decoder: Decoder;
  readonly runs: Runs;
}

/**
 * One activation of a run, with leading axes fixed by `index`, as a copy. Throws `activation-unknown` for a name this
 * model does not make, `setting-invalid` for an index outside its axis, `trace-too-large`.
 */
export async function activation(
  traced: Traced,
  request: { readonly run: Run; readonly name: string; readonly index: readonly number[] },
  pace: Pace,
): Promise<NumberBlock> {
  const { run, name, index } = request;
  if (!activationNames(traced.decoder.config).includes(name)) {
    throw fail('activation-unknown', { name });
  }
  if (name === 'logits') return logits(traced, { run, index }, pace);
  const block = await traced.runs.activation(run, name, pace);
  return fixAxes(block, index);
}

/** Logits [V] after one position of a run. */
export async function logitsAt(
  traced: Traced,
  at: { readonly run: Run; readonly position: number },
  pace: Pace,
): Promise<Float32Array> {
  const row = await logits(traced, { run: at.run, index: [at.position] }, pace);
  return row.values;
}

/** The hidden state after the last block, before the final norm: [T, C]. */
export async function finalState(traced: Traced, run: Run, pace: Pace): Promise<Float32Array> {
  const parts: NumberBlock[] = [];
  for (const name of finalStateNames(traced.decoder.config)) {
    parts.push(await traced.runs.activation(run, name, pace));
  }
  return sumOf(parts);
}

/** The part of a block at fixed leading indices, as a copy. Throws `setting-invalid`. */
export function fixAxes(block: NumberBlock, index: readonly number[]): NumberBlock {
  if (index.length > block.shape.length) checkWhole('index', index.length, [0, block.shape.length]);
  let length = block.values.length;
  let offset = 0;
  for (const [axis, at] of index.entries()) {
    const size = block.shape[axis];
    checkWhole('index', at, [0, size - 1]);
    length /= size;
    offset += at * length;
  }
  return {
    shape: block.shape.slice(index.length),
    values: block.values.slice(offset, offset + length),
  };
}

/** Rows [from, to) of a block's slowest axis, as a copy; all of it without them. Throws `setting-invalid`. */
export function keepRows(
  block: NumberBlock,
  rows: readonly [from: number, to: number] | undefined,
): NumberBlock {
  if (rows === undefined) return block;
  const [count = 0, ...rest] = block.shape;
  const [from, to] = rows;
  checkWhole('rows', to, [0, count]);
  checkWhole('rows', from, [0, to]);
  const length = rest.reduce((product, size) => product * size, 1);
  return {
    shape: [to - from, ...rest],
    values: block.values.slice(from * length, to * length),
  };
}

/** Columns [from, to) of a block's last axis, as a copy; all of it without them. Throws `setting-invalid`. */
export function keepColumns(
  block: NumberBlock,
  columns: readonly [from: number, to: number] | undefined,
): NumberBlock {
  if (columns === undefined) return block;
  const width = block.shape.at(-1) ?? 0;
  const [from, to] = columns;
  checkWhole('columns', to, [0, width]);
  checkWhole('columns', from, [0, to]);
  const kept = to - from;
  const rows = block.values.length / width;
  const values = new Float32Array(rows * kept);
  for (let row = 0; row < rows; row++) {
    const start = row * width;
    values.set(block.values.subarray(start + from, start + to), row * kept);
  }
  return { shape: [...block.shape.slice(0, -1), kept], values };
}

/** Logits are never held: a row is one product of the last hidden state, and all of them can be 200 MB. */
async function logits(
  traced: Traced,
  request: { readonly run: Run; readonly index: readonly number[] },
  pace: Pace,
): Promise<NumberBlock> {
  const { config } = traced.decoder;
  const { run, index } = request;
  const position = index.at(0);
  if (position !== undefined) checkWhole('position', position, [0, run.ids.length - 1]);
  const rows = position === undefined ? run.ids.length : 1;
  const bytes = activationBytes('logits', config, rows);
  if (bytes > blockLimitBytes)
    throw fail('trace-too-large', { bytes, limitBytes: blockLimitBytes });
  const hidden = await finalState(traced, run, pace);
  const first = (position ?? 0) * config.width;
  const values = new Float32Array(rows * config.vocabulary);
  const wanted = hidden.subarray(first, first + rows * config.width);
  await forEachLogitRow(traced.decoder, { values: wanted, pace }, (row, found) => {
    values.set(found, row * config.vocabulary);
  });
  const block = { shape: [rows, config.vocabulary], values };
  return position === undefined ? block : fixAxes(block, [0, ...index.slice(1)]);
}
