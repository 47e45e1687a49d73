/** Numbers as text for other programs: every float32 in the fewest digits that give the same float32 again. */
import type { NumberBlock } from '../src/protocol/runs';
import { at, range } from './picture/at';

export type CopyFormat = 'TSV' | 'JSON';

/** The number with a full stop and no separators; NaN and infinities by their names. */
export function exact(value: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = value.toPrecision(digits);
    if (Math.fround(Number(text)) === value) return String(Number(text));
  }
  return String(Number.isFinite(value) ? Number(value.toPrecision(9)) : value);
}

/** Rows as lines and columns between tabs; a vector is one column, a value a single number. */
export function asTsv({ shape, values }: NumberBlock): string {
  const columns = shape.length > 1 ? (shape.at(-1) ?? 1) : 1;
  const rows = range(values.length / Math.max(1, columns));
  return rows
    .map((row) => range(columns).map((column) => exact(at(values, row * columns + column))))
    .map((cells) => cells.join('\t'))
    .join('\n');
}

/** `{ name, shape, values }` with values nested by axis; what is no number is null, as JSON has no word for it. */
export function asJson(name: string, { shape, values }: NumberBlock): string {
  const written = Array.from(values, (value) => (Number.isFinite(value) ? exact(value) : 'null'));
  return `{"name":${JSON.stringify(name)},"shape":${JSON.stringify(shape)},"values":${nested(shape, written)}}`;
}

function nested(shape: readonly number[], written: readonly string[]): string {
  const [count, ...rest] = shape;
  if (count === undefined) return written[0] ?? 'null';
  const length = written.length / Math.max(1, count);
  const parts = range(count).map((part) =>
    nested(rest, written.slice(part * length, (part + 1) * length)),
  );
  return `[${parts.join(',')}]`;
}
