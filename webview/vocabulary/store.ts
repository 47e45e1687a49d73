/** The state of the page: what the host told, what the person wants to see, and what follows of both. */
import { computed, effect, signal } from '@preact/signals-core';
import type { Failure } from '../../src/protocol/failures';
import { failureOf } from '../../src/protocol/failures';
import type { Progress } from '../../src/protocol/health';
import type { TokenOrigins } from '../../src/protocol/tokenOrigins';
import { matcherOf, type ExpressionAnswer, type TokenSearch } from '../../src/protocol/tokenSearch';
import type { TokenizerKind } from '../../src/protocol/tokenizers';
import type {
  SimilarToken,
  VocabularyHost,
  VocabularyState,
} from '../../src/protocol/vocabularyApi';
import { connect } from '../host';
import { Entries } from './entries';
import { countBins, facetsOf, filterOf, type Bin, type FacetName, type Filters } from './facets';
import { readKept, type Kept } from './kept';
import { sortRows, type Column, type Order } from './rows';

const everything: TokenSearch = { kind: 'text', typed: '' };
const byId: Order = { column: 'id', descending: false };

/** What is wrong with a search, or which entries it finds, 1 by id; neither while they are looked for. */
interface Found {
  readonly failure?: Failure;
  readonly ids?: Uint8Array;
  readonly searching?: true;
}

function isForHost({ kind, typed }: TokenSearch): boolean {
  return kind === 'expression' && typed !== '';
}

export class VocabularyStore {
  readonly state = signal<VocabularyState | undefined>(undefined);
  readonly kind = signal<TokenizerKind | undefined>(undefined);
  readonly entries = signal<Entries | undefined>(undefined);
  readonly failure = signal<Failure | undefined>(undefined);
  readonly origins = signal<TokenOrigins | undefined>(undefined);
  /** While origins are looked for. */
  readonly progress = signal<Progress | undefined>(undefined);
  readonly similar = signal<readonly SimilarToken[] | undefined>(undefined);
  readonly search = signal<TokenSearch>(everything);
  readonly filters = signal<Filters>({});
  readonly order = signal<Order>(byId);
  readonly selected = signal<number | undefined>(undefined);
  /** What the host found by the last expression it was asked about. */
  readonly #byExpression = signal<
    { readonly asked: string; readonly answer: ExpressionAnswer | undefined } | undefined
  >(undefined);

  readonly host: VocabularyHost;
  readonly #remember: (kept: Kept) => void;

  constructor() {
    const connection = connect<VocabularyHost, Kept>(
      {
        update: (state: VocabularyState) => void this.#take(state),
        progress: (progress: Progress) => {
          if (this.progress.value) this.progress.value = progress;
        },
      },
      ['cancelOrigins', 'copy', 'chooseTokenizer'],
    );
    this.host = connection.host;
    this.#remember = (kept) => {
      connection.remember(kept);
    };
    const kept = readKept(connection.remembered);
    if (kept?.search) this.search.value = kept.search;
    if (kept?.filters) this.filters.value = kept.filters;
    if (kept?.order) this.order.value = kept.order;
  }

  async start(): Promise<void> {
    effect(() => {
      if (isForHost(this.search.value) && this.entries.value) void this.#askHost();
    });
    await this.#take(await this.host.ready());
  }

  keep(): void {
    this.#remember({
      search: this.search.value,
      filters: this.filters.value,
      order: this.order.value,
    });
  }

  readonly found = computed<Found>(() => {
    const entries = this.entries.value;
    if (entries === undefined) return {};
    if (isForHost(this.search.value)) return this.#foundByHost(entries.size);
    try {
      const matches = matcherOf(this.search.value);
      const ids = new Uint8Array(entries.size);
      for (let id = 0; id < ids.length; id++) {
        if (entries.has(id) && matches(entries.searched(id))) ids[id] = 1;
      }
      return { ids };
    } catch (thrown) {
      return { failure: failureOf(thrown) };
    }
  });

  readonly facets = computed(() => {
    const entries = this.entries.value;
    return entries === undefined ? [] : facetsOf(entries, this.origins.value);
  });

  /** For each facet its bins and how many entries each has. */
  readonly counts = computed(() => {
    const { ids } = this.found.value;
    const passes = filterOf(this.facets.value, this.filters.value);
    return this.facets.value.map((facet) => ({
      facet,
      counts: countBins(facet, (id, but) => ids?.[id] === 1 && passes(id, but)),
    }));
  });

  readonly rows = computed<Int32Array>(() => {
    const entries = this.entries.value;
    const { ids } = this.found.value;
    if (entries === undefined || ids === undefined) return new Int32Array(0);
    const passes = filterOf(this.facets.value, this.filters.value);
    const rows: number[] = [];
    for (let id = 0; id < ids.length; id++) if (ids[id] === 1 && passes(id)) rows.push(id);
    const source = { entries, origins: this.origins.value };
    return sortRows(Int32Array.from(rows), this.order.value, source);
  });

  sortBy(column: Column): void {
    const { column: now, descending } = this.order.value;
    this.order.value = { column, descending: column === now && !descending };
  }

  /** Chooses a bin, or lets it go when it was chosen. */
  toggle(facet: FacetName, bin: Bin): void {
    const { [facet]: now, ...others } = this.filters.value;
    this.filters.value = now === bin ? others : { ...others, [facet]: bin };
  }

  /** Shows an entry, which what is searched for need not find. */
  select(id: number | undefined): void {
    if (this.selected.value === id) return;
    this.selected.value = id;
    this.similar.value = undefined;
    if (id !== undefined && this.state.value?.isModels === true) void this.#findSimilar(id);
  }

  async findOrigins(): Promise<void> {
    const { key } = this.state.value ?? {};
    const total = this.entries.value?.size;
    if (key === undefined || total === undefined) return;
    this.progress.value = { done: 0, total };
    const answer = await this.host.origins({ key });
    if (this.state.value?.key !== key) return;
    this.progress.value = undefined;
    if (answer.ok) this.origins.value = answer.value;
    else this.#fail(answer.failure);
  }

  /** What the host has found, when that is what was asked last. */
  #foundByHost(size: number): Found {
    const known = this.#byExpression.value;
    if (known?.asked !== this.#asked() || known.answer === undefined) return { searching: true };
    if (!known.answer.ok) return { failure: known.answer.failure };
    const ids = new Uint8Array(size);
    for (const id of known.answer.value) ids[id] = 1;
    return { ids };
  }

  /** An expression may never end: it is tried where that can be stopped. */
  async #askHost(): Promise<void> {
    const { typed } = this.search.value;
    const key = this.state.value?.key;
    const asked = this.#asked();
    if (key === undefined || this.#byExpression.peek()?.asked === asked) return;
    this.#byExpression.value = { asked, answer: undefined };
    const answer = await this.host.find({ key, typed });
    // The answer to a question that was asked before, and again since then.
    if (!answer.ok && answer.failure.code === 'cancelled') return;
    if (this.#byExpression.peek()?.asked === asked) this.#byExpression.value = { asked, answer };
  }

  #asked(): string {
    return `${this.state.value?.key ?? ''} ${this.search.value.typed}`;
  }

  async #take(state: VocabularyState): Promise<void> {
    if (state.key === this.state.value?.key) return;
    this.state.value = state;
    for (const told of [this.entries, this.failure, this.origins, this.progress, this.selected]) {
      told.value = undefined;
    }
    const isWanted = (): boolean => this.state.value?.key === state.key;
    const answer = await this.host.contents({ key: state.key });
    if (!isWanted()) return;
    if (!answer.ok) {
      this.#fail(answer.failure);
      return;
    }
    this.kind.value = answer.value.kind;
    const entries = await Entries.read(answer.value.table, isWanted);
    if (entries === undefined) return;
    this.entries.value = entries;
    void this.findOrigins();
  }

  async #findSimilar(id: number): Promise<void> {
    const key = this.state.value?.key ?? '';
    const answer = await this.host.similar({ key, id });
    if (this.selected.value !== id) return;
    if (answer.ok) this.similar.value = answer.value;
    else this.#fail(answer.failure);
  }

  #fail(failure: Failure): void {
    if (failure.code !== 'cancelled') this.failure.value = failure;
  }
}
