/** The weights of the open head in both runs over the aligned tokens, and their difference. */
import { signedScaleTo, probabilityScale, type Scale } from '../picture/scale';
import type { MapSource } from '../picture/bins';
import type { Inspector } from '../view';
import { maskedOf, type Masked } from '../views/maskNumbers';
import { blocks, type Compared } from './compared';

export interface Square {
  readonly source: MapSource & { readonly values: Float32Array; readonly masked: Masked };
  readonly scale: Scale;
}

export interface Patterns {
  readonly a: Square;
  readonly b: Square;
  readonly moved: Square;
}

/** Undefined while numbers are missing, or where one model has no such head. */
export function patterns(inspector: Inspector, compared: Compared): Patterns | undefined {
  const { block, head } = inspector.place.value;
  const hasHead = [compared.a, compared.b].every(
    ({ model: { config } }) => block < config.layers && head < config.heads,
  );
  if (!hasHead) return undefined;
  const both = blocks(inspector, `blocks.${String(block)}.attn.pattern`, [head]);
  if (!both.a || !both.b) return undefined;
  const kept = memory.get(both.a.values);
  if (kept?.of === both.b.values && kept.pairs === compared.pairs) return kept.made;
  const made = make(compared, both.a.values, both.b.values);
  memory.set(both.a.values, { of: both.b.values, pairs: compared.pairs, made });
  return made;
}

interface Kept {
  readonly of: Float32Array;
  readonly pairs: Compared['pairs'];
  readonly made: Patterns;
}

/** What was made from weights of A, so that moving the pointer makes nothing anew. */
const memory = new WeakMap<Float32Array, Kept>();

function make({ a, b, pairs }: Compared, was: Float32Array, is: Float32Array): Patterns {
  const count = pairs.length;
  const own = (side: 'before' | 'after', values: Float32Array, length: number): Float32Array => {
    const square = new Float32Array(count * count);
    for (let row = 0; row < count; row++) {
      const query = pairs[row]?.[side];
      if (query === undefined) continue;
      for (let column = 0; column < count; column++) {
        const key = pairs[column]?.[side];
        if (key !== undefined) square[row * count + column] = values[query * length + key] ?? 0;
      }
    }
    return square;
  };
  const [before, after] = [own('before', was, a.length), own('after', is, b.length)];
  const moved = after.map((weight, cell) => weight - (before[cell] ?? 0));
  const [maskA, maskB] = [maskOver('before', a, pairs), maskOver('after', b, pairs)];
  // A key that one side does not have weighs nothing there; a query that it does not have has no weights at all.
  const maskMoved: Masked = (row, column) =>
    pairs[row]?.before === undefined ||
    pairs[row].after === undefined ||
    (maskA(row, column) && maskB(row, column));
  const shape = { rows: count, columns: count };
  const end = moved.reduce(
    (most, x, cell) =>
      maskMoved(Math.floor(cell / count), cell % count) ? most : Math.max(most, Math.abs(x)),
    0,
  );
  return {
    a: { source: { values: before, ...shape, masked: maskA }, scale: probabilityScale },
    b: { source: { values: after, ...shape, masked: maskB }, scale: probabilityScale },
    moved: { source: { values: moved, ...shape, masked: maskMoved }, scale: signedScaleTo(end) },
  };
}

/** Hatched: what a query does not see, and what is not there. */
function maskOver(
  side: 'before' | 'after',
  subject: Compared['a'],
  pairs: Compared['pairs'],
): Masked {
  const masked = maskedOf(subject);
  return (row, column) => {
    const [query, key] = [pairs[row]?.[side], pairs[column]?.[side]];
    return query === undefined || key === undefined || masked(query, key);
  };
}
