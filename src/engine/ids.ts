import { fail } from '../protocol/failures';

/** Throws `text-empty` for no ids and `id-out-of-range` for one that is no row of the vocabulary. */
export function checkIds(ids: Int32Array, vocabulary: number): void {
  if (ids.length === 0) throw fail('text-empty', {});
  for (const id of ids) checkId(id, vocabulary);
}

export function checkId(id: number, vocabulary: number): void {
  if (!Number.isInteger(id) || id < 0 || id >= vocabulary) {
    throw fail('id-out-of-range', { id: String(id), vocabulary });
  }
}

/** Throws `setting-invalid` unless `value` is a whole number in [from, to]. */
export function checkWhole(name: string, value: number, range: readonly [number, number]): void {
  const [from, to] = range;
  if (!Number.isSafeInteger(value) || value < from || value > to) {
    throw fail('setting-invalid', { name, value: String(value), allowed: `${from} – ${to}` });
  }
}

/** The last ids that fit a context, as a copy, and how many before them do not. */
export function windowOf(
  ids: Int32Array,
  context: number,
): { readonly ids: Int32Array; readonly dropped: number } {
  const dropped = Math.max(0, ids.length - context);
  return { ids: ids.slice(dropped), dropped };
}
