/** Which entries are listed, and in which order. */
import type { TokenOrigins } from '../../src/protocol/tokenOrigins';
import type { Entries } from './entries';

export const columns = ['id', 'token', 'bytes', 'characters', 'script', 'reach', 'merge'] as const;
export type Column = (typeof columns)[number];

export interface Order {
  readonly column: Column;
  readonly descending: boolean;
}

/** Sorts ids; those that a column says nothing of come last either way, and equal ones by id. */
export function sortRows(
  rows: Int32Array,
  order: Order,
  source: { readonly entries: Entries; readonly origins: TokenOrigins | undefined },
): Int32Array {
  const sign = order.descending ? -1 : 1;
  if (order.column === 'token') {
    const { entries } = source;
    return rows.sort((a, b) => sign * entries.compareBytes(a, b) || a - b);
  }
  const keyOf = keysOf(order.column, source);
  return rows.sort((a, b) => {
    const [first, second] = [keyOf(a), keyOf(b)];
    if (first === second || (Number.isNaN(first) && Number.isNaN(second))) return a - b;
    if (Number.isNaN(first)) return 1;
    return Number.isNaN(second) ? -1 : sign * (first - second);
  });
}

function keysOf(
  column: Exclude<Column, 'token'>,
  { entries, origins }: { readonly entries: Entries; readonly origins: TokenOrigins | undefined },
): (id: number) => number {
  switch (column) {
    case 'id':
      return (id) => id;
    case 'bytes':
      return (id) => entries.byteLength(id);
    case 'characters':
      return (id) => nothingBelow0(entries.characters[id]);
    case 'script':
      return (id) => entries.script[id] ?? NaN;
    case 'reach':
      return (id) => origins?.reach[id] ?? NaN;
    case 'merge':
      return (id) => origins?.scores?.[id] ?? nothingBelow0(origins?.ranks[id]);
  }
}

function nothingBelow0(value: number | undefined): number {
  return value === undefined || value < 0 ? NaN : value;
}
