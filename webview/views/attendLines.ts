/** Attention as lines: queries at the left, keys at the right, the pointed query's lines strong and in numbers. */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { pressed } from '../numberLinks';
import type { NumberName } from '../numberPlace';
import { at, range } from '../picture/at';
import type { MapSource } from '../picture/bins';
import { fixed } from '../picture/numbers';
import { styleMap } from '../picture/styleMap';
import { clamp } from '../place';
import type { Inspector } from '../view';
import { watch } from '../watch';
import { tintOf } from './attentionMeasure';
import { cellNow, restingCell } from './headNumbers';
import { seenKeys } from './maskNumbers';

/** More tokens than this are not shown on one side. */
const mostTokens = 40;
const pitch = 22;
const labelWidth = 92;
const numberWidth = 48;
/** Under this share of the strongest a line is not drawn; of queries that are not pointed at only strong ones are. */
const leastShare = 0.02;
const leastOfOthers = 0.25;

export interface Lines {
  readonly source: MapSource;
  /** The number at which a line is strongest. */
  readonly end: number;
  readonly room: number;
  /** One sentence about the cell that is pointed at. */
  readonly label: () => string;
  /** What the number of a cell is called. */
  readonly name: (cell: readonly [query: number, key: number]) => NumberName;
}

interface Sides {
  readonly queries: readonly number[];
  readonly keys: readonly number[];
}

export function attendLines(inspector: Inspector, lines: Lines): TemplateResult {
  const { t, subject } = inspector;
  const sides = sidesOf(inspector, lines.source);
  const { queries, keys } = sides;
  const height = Math.max(queries.length, keys.length) * pitch;
  const width = Math.min(lines.room, 560);
  const { length } = subject.value;
  const isPart = queries.length < length;
  return html`<div
      class="line-view"
      tabindex="0"
      role="application"
      aria-label=${lines.label()}
      data-focus="lines"
      style=${styleMap({ width: `${String(width)}px`, height: `${String(height + pitch)}px` })}
      @mouseleave=${() => {
        inspector.point(undefined);
      }}
    >
      <span class="q">${t('inspector.query')}</span>
      <span class="k" style=${styleMap({ left: `${String(width - labelWidth - numberWidth)}px` })}
        >${t('inspector.key')}</span
      >
      <svg width=${width} height=${height} aria-hidden="true">
        ${watch(() => drawn(inspector, lines, { ...sides, width }))}
      </svg>
      ${queries.map((query, row) => tokenAt(inspector, { cell: () => [query, bestKey(inspector, query)], position: query, row, left: 0, axis: 0 }))}
      ${keys.map((key, row) => tokenAt(inspector, { cell: () => [cellNow(inspector)[0], key], position: key, row, left: width - labelWidth - numberWidth, axis: 1 }))}
      ${keys.map((key, row) => numberAt(inspector, lines.source, { key, row, left: width - numberWidth, name: lines.name }))}
    </div>
    <p class="dim small">
      ${t('attention.lines', { x: fixed(lines.end * leastShare, 3) })}
      ${isPart ? t('attention.linesPart', { n: mostTokens, m: length }) : nothing}
    </p>`;
}

/** All tokens of a short text; of a long one those around the query, and the keys it weighs most. */
function sidesOf(inspector: Inspector, { values, columns }: MapSource): Sides {
  const { length } = inspector.subject.value;
  if (length <= mostTokens) return { queries: range(length), keys: range(length) };
  const [query, key] = restingCell(inspector);
  const from = clamp(query - mostTokens / 2, 0, length - mostTokens);
  const strongest = seenKeys(inspector, query)
    .toSorted((a, b) => at(values, query * columns + b) - at(values, query * columns + a))
    .slice(0, mostTokens - 1);
  return {
    queries: range(mostTokens).map((each) => from + each),
    keys: [...new Set([...strongest, key])].sort((a, b) => a - b),
  };
}

function bestKey(inspector: Inspector, query: number): number {
  const row = tintOf(inspector, query);
  if (!row) return query;
  return seenKeys(inspector, query).reduce((best, key) =>
    at(row, key) > at(row, best) ? key : best,
  );
}

function drawn(
  inspector: Inspector,
  { source, end }: Lines,
  { queries, keys, width }: Sides & { readonly width: number },
): SVGTemplateResult[] {
  const [chosen, key] = cellNow(inspector);
  const [x1, x2] = [labelWidth + 6, width - labelWidth - numberWidth - 6];
  const middle = (row: number): number => (row + 0.5) * pitch;
  const line = (query: number, row: number): SVGTemplateResult[] =>
    keys.flatMap((each, to) => {
      const value = at(source.values, query * source.columns + each);
      const share = end > 0 ? value / end : 0;
      const isChosen = query === chosen;
      if (source.masked?.(query, each) || share < (isChosen ? leastShare : leastOfOthers))
        return [];
      const kind = !isChosen ? 'other' : each === key ? 'own pair' : 'own';
      return [
        svg`<line class=${kind} x1=${x1} y1=${middle(row)} x2=${x2} y2=${middle(to)}
          stroke-width=${1 + 4 * share} opacity=${(isChosen ? 0.25 : 0.08) + (isChosen ? 0.75 : 0.25) * Math.sqrt(share)} />`,
      ];
    });
  return queries.flatMap(line);
}

interface TokenAt {
  /** The cell that pointing at it points at. */
  readonly cell: () => readonly [number, number];
  readonly position: number;
  readonly row: number;
  readonly left: number;
  readonly axis: 0 | 1;
}

function tokenAt(
  inspector: Inspector,
  { cell, position, row, left, axis }: TokenAt,
): TemplateResult {
  const { labels, set, point, subject, say } = inspector;
  return html`<button
    tabindex="-1"
    class=${axis === 0 ? 'from' : 'to'}
    data-position=${position}
    style=${styleMap({ left: `${String(left)}px`, top: `${String((row + 1) * pitch)}px`, width: `${String(labelWidth)}px` })}
    @mouseenter=${() => {
      const to = cell();
      const weights = tintOf(inspector, to[0]);
      point({ cell: to, ...(weights && { weights }) });
    }}
    @click=${() => {
      const to = cell();
      point(undefined);
      set({ token: to[0] + subject.value.run.dropped, cell: to });
      say(labels.plain(position));
    }}
  >
    ${watch(() => html`<span class=${cellNow(inspector)[axis] === position ? 'on' : ''}>${labels.token(position)}</span>`)}
  </button>`;
}

interface NumberAt {
  readonly key: number;
  readonly row: number;
  readonly left: number;
  readonly name: Lines['name'];
}

/** The number of the pointed query and a key. */
function numberAt(
  inspector: Inspector,
  source: MapSource,
  { key, row, left, name }: NumberAt,
): TemplateResult {
  const top = `${String((row + 1) * pitch)}px`;
  return html`<span class="num" style=${styleMap({ left: `${String(left)}px`, top })}
    >${watch(() => {
      const [query] = cellNow(inspector);
      if (source.masked?.(query, key)) return fixed(Number.NaN);
      const number = fixed(at(source.values, query * source.columns + key));
      return pressed(number, name([query, key]));
    })}</span
  >`;
}
