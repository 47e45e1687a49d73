/** What the page wants back after a reload of the window; as good as outside data when it comes back. */
import { searchKinds, type TokenSearch } from '../../src/protocol/tokenSearch';
import { facetNames, type Filters } from './facets';
import { columns, type Order } from './rows';

export interface Kept {
  readonly search: TokenSearch;
  readonly filters: Filters;
  readonly order: Order;
}

/** The parts that are what this version keeps. */
export function readKept(stored: unknown): Partial<Kept> | undefined {
  if (!isRecord(stored)) return undefined;
  const { search, filters, order } = stored;
  return {
    ...(isSearch(search) ? { search } : {}),
    ...(isFilters(filters) ? { filters } : {}),
    ...(isOrder(order) ? { order } : {}),
  };
}

function isSearch(value: unknown): value is TokenSearch {
  if (!isRecord(value) || typeof value['typed'] !== 'string') return false;
  return searchKinds.some((kind) => kind === value['kind']);
}

function isFilters(value: unknown): value is Filters {
  if (!isRecord(value)) return false;
  return Object.entries(value).every(
    ([name, bin]) =>
      facetNames.some((facet) => facet === name) &&
      (typeof bin === 'string' || typeof bin === 'number'),
  );
}

function isOrder(value: unknown): value is Order {
  if (!isRecord(value) || typeof value['descending'] !== 'boolean') return false;
  return columns.some((column) => column === value['column']);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
