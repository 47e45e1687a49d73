import { fail } from '../protocol/failures';
import type { NumberBlock } from '../protocol/runs';
import { checkWhole } from './ids';
import type { WeightSource } from './model/weights';
import type { Pace } from './work';

/** Largest slice that is handed out at once. */
const sliceLimitBytes = 1 << 28;

/** A run of elements of a tensor, in file order. */
export interface Span {
  readonly start: number;
  readonly length: number;
}

/**
 * A part of one weight as it stands in the file: `index` fixes leading axes, `columns` keeps [from, to) of the last.
 * Throws `tensor-missing`, `setting-invalid` for what lies outside, `trace-too-large`.
 */
export async function readWeight(
  weights: WeightSource,
  slice: {
    readonly name: string;
    readonly index: readonly number[];
    readonly columns: readonly [number, number] | undefined;
  },
  pace: Pace,
): Promise<NumberBlock> {
  if (!weights.has(slice.name)) throw fail('tensor-missing', { tensor: slice.name });
  const whole = weights.shape(slice.name);
  const { index } = slice;
  checkWhole('index', index.length, [0, whole.length]);
  for (const [axis, at] of index.entries()) checkWhole('index', at, [0, whole[axis] - 1]);

  const inner = whole.slice(index.length);
  const size = inner.reduce((product, length) => product * length, 1);
  const start = index.reduce((offset, at, axis) => offset * whole[axis] + at, 0) * size;
  const last = inner.at(-1);
  const [from, to] = slice.columns ?? [0, last ?? 1];
  checkWhole('columns', from, [0, last ?? 1]);
  checkWhole('columns', to, [from, last ?? 1]);
  if (slice.columns !== undefined && last === undefined) checkWhole('columns', to, [0, 0]);

  const shape = last === undefined ? [] : [...inner.slice(0, -1), to - from];
  const rowLength = last ?? 1;
  const spans: Span[] = Array.from({ length: size / rowLength }, (_, row) => {
    return { start: start + row * rowLength + from, length: to - from };
  });
  return { shape, values: await readSpans(weights, { name: slice.name, spans }, pace) };
}

/** The elements of the spans one after another. Spans stand in rising order and do not overlap. */
export async function readSpans(
  weights: WeightSource,
  wanted: { readonly name: string; readonly spans: readonly Span[] },
  pace: Pace,
): Promise<Float32Array> {
  const total = wanted.spans.reduce((sum, span) => sum + span.length, 0);
  const bytes = total * Float32Array.BYTES_PER_ELEMENT;
  if (bytes > sliceLimitBytes)
    throw fail('trace-too-large', { bytes, limitBytes: sliceLimitBytes });
  const result = new Float32Array(total);
  let filled = 0;
  let next = 0;
  for await (const chunk of weights.chunks(wanted.name, wanted.spans.at(0)?.start)) {
    const end = chunk.offset + chunk.values.length;
    // A span can go on in the chunk after this one; `next` moves on only when it is complete.
    for (; next < wanted.spans.length; next++) {
      const span = wanted.spans[next];
      const from = Math.max(span.start, chunk.offset);
      const to = Math.min(span.start + span.length, end);
      if (from < to) {
        result.set(chunk.values.subarray(from - chunk.offset, to - chunk.offset), filled);
        filled += to - from;
      }
      if (span.start + span.length > end) break;
    }
    if (next === wanted.spans.length) break;
    await pace.pause();
  }
  return result;
}
