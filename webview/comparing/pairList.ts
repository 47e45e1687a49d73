/** The tokens of both texts over each other, aligned: those of A above, those of B below, gaps where one has none. */
import { html, nothing, type TemplateResult } from 'lit';
import { ref } from 'lit/directives/ref.js';
import type { AlignedPair } from '../../src/protocol/alignment';
import type { MessageKey } from '../l10n';
import { range } from '../picture/at';
import { grouped } from '../picture/numbers';
import { roving } from '../roving';
import type { Inspector } from '../view';
import { choosePair, pairLabel, type Compared } from './compared';

/** Pairs on either side of the chosen one that are drawn. */
const around = 48;

export const kindKeys = {
  same: 'compare.same',
  replaced: 'compare.replaced',
  deleted: 'compare.deleted',
  inserted: 'compare.inserted',
} as const satisfies Record<AlignedPair['kind'], MessageKey>;

export function pairList(inspector: Inspector, compared: Compared): TemplateResult {
  const { t } = inspector;
  const { pairs, at } = compared;
  const from = Math.max(0, at - around);
  const to = Math.min(pairs.length, at + around + 1);
  return html`<div
      class="pair-list"
      role="listbox"
      aria-label=${t('compare.aligned')}
      aria-orientation="horizontal"
      ${roving('choose')}
    >
      ${more(from)} ${range(to - from).map((i) => pairOf(inspector, compared, from + i))}
      ${more(pairs.length - to)}
    </div>
    <p class="dim small">${counts(inspector, pairs)}</p>`;
}

function more(hidden: number): TemplateResult | typeof nothing {
  return hidden > 0 ? html`<span class="dim more">… ${grouped(hidden)}</span>` : nothing;
}

function pairOf(inspector: Inspector, compared: Compared, index: number): TemplateResult {
  const { labels, other, t } = inspector;
  const pair = compared.pairs[index];
  if (pair === undefined) return html``;
  const isChosen = index === compared.at;
  const says = `${pairLabel(inspector, pair)}: ${t(kindKeys[pair.kind])}`;
  return html`<button
    class=${`pair ${pair.kind}`}
    role="option"
    aria-selected=${isChosen ? 'true' : 'false'}
    tabindex=${isChosen ? 0 : -1}
    ${ref(isChosen ? intoSight : undefined)}
    title=${says}
    data-focus=${`pair-${String(index)}`}
    @click=${() => {
      choosePair(inspector, compared, index);
    }}
  >
    <span class="sr">${says}</span>
    <span class="token-a" aria-hidden="true"
      >${pair.before === undefined ? nothing : labels.token(pair.before)}</span
    >
    <span class="token-b" aria-hidden="true"
      >${pair.after === undefined ? nothing : other.labels.token(pair.after)}</span
    >
  </button>`;
}

/** Scrolls the list alone: what else is on the page stays where it is. */
function intoSight(pair: Element | undefined): void {
  queueMicrotask(() => {
    const list = pair?.parentElement;
    if (!pair || !list) return;
    const [here, room] = [pair.getBoundingClientRect(), list.getBoundingClientRect()];
    list.scrollLeft +=
      Math.max(0, here.right + 8 - room.right) - Math.max(0, room.left + 8 - here.left);
  });
}

export function counts({ t, language }: Inspector, pairs: readonly AlignedPair[]): string {
  const of = (kind: AlignedPair['kind']): string =>
    grouped(pairs.filter((pair) => pair.kind === kind).length, language);
  return t('compare.counts', {
    same: of('same'),
    replaced: of('replaced'),
    deleted: of('deleted'),
    inserted: of('inserted'),
  });
}
