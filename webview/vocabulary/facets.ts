/** What entries can be told apart by: each facet puts every entry in one bin, and bins are counted and chosen. */
import { reaches, type TokenOrigins } from '../../src/protocol/tokenOrigins';
import type { Entries } from './entries';

export const facetNames = ['reach', 'script', 'bytes', 'characters'] as const;
export type FacetName = (typeof facetNames)[number];

/** A bin by what it stands for: a way, a script, or the least length of those in it. */
export type Bin = string | number;

export type Filters = Partial<Record<FacetName, Bin>>;

export interface Facet {
  readonly name: FacetName;
  readonly bins: readonly Bin[];
  /** Index in `bins` of each entry. */
  readonly of: Uint8Array;
}

/** The first of each bin of lengths; the last goes on without end. */
export const lengthStarts = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 16, 24, 32, 64] as const;

/** Characters of an entry that is only a part of one. */
export const noCharacters = -1;

/** `reach` is there once the origins are. */
export function facetsOf(entries: Entries, origins: TokenOrigins | undefined): readonly Facet[] {
  const { size, script, scripts, characters } = entries;
  const lengths = Uint8Array.from({ length: size }, (_, id) => binOf(entries.byteLength(id)));
  const counts = Uint8Array.from(characters, (count) => (count < 0 ? 0 : binOf(count) + 1));
  return [
    ...(origins ? [{ name: 'reach', bins: reaches, of: origins.reach } as const] : []),
    { name: 'script', bins: scripts, of: script },
    { name: 'bytes', bins: lengthStarts, of: lengths },
    { name: 'characters', bins: [noCharacters, ...lengthStarts], of: counts },
  ];
}

/** How many entries of each bin there are among those that are found and pass the filters of the other facets. */
export function countBins(
  facet: Facet,
  passes: (id: number, but: FacetName) => boolean,
): Uint32Array {
  const counts = new Uint32Array(facet.bins.length);
  for (let id = 0; id < facet.of.length; id++) {
    const bin = facet.of[id] ?? 0;
    if (passes(id, facet.name)) counts[bin] = (counts[bin] ?? 0) + 1;
  }
  return counts;
}

/** Whether an entry passes all filters but that of one facet. */
export function filterOf(
  facets: readonly Facet[],
  filters: Filters,
): (id: number, but?: FacetName) => boolean {
  const set = facets.flatMap(({ name, bins, of }) => {
    const wanted = filters[name];
    return wanted === undefined ? [] : [{ name, of, bin: bins.indexOf(wanted) }];
  });
  return (id, but) => set.every(({ name, of, bin }) => name === but || of[id] === bin);
}

function binOf(length: number): number {
  let bin = 0;
  while (bin + 1 < lengthStarts.length && length >= (lengthStarts[bin + 1] ?? Infinity)) bin++;
  return bin;
}
