/** The logit lens as a grid: a row for each state of the stream, a column for each position, the top token in each cell. */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import type { Lens } from '../../src/protocol/runs';
import { lensMeasureName, lensName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { at, range } from '../picture/at';
import { fixed, grouped, percent } from '../picture/numbers';
import { cellStyle } from '../picture/palette';
import { arrowStep, clampIndex } from '../picture/pointer';
import { probabilityScale } from '../picture/scale';
import type { Inspector } from '../view';

/** A state of the stream at a position: layer 0 after the embedding, n after block n − 1. */
export interface LensCell {
  readonly layer: number;
  readonly position: number;
}

export interface LensGrid {
  readonly lens: Lens;
  /** The locked cell. */
  readonly here: LensCell;
  readonly choose: (cell: LensCell) => void;
  /** The token whose rank is watched. */
  readonly watched?: number | undefined;
}

export function lensGrid(inspector: Inspector, grid: LensGrid): TemplateResult {
  const { lens, here } = grid;
  const columns = visiblePositions(inspector, here.position);
  const width = inspector.size.value.width;
  const label = labelWidth(width);
  return html`<table
    class="lens-grid"
    style=${styleMap({ width: `${label + columns.length * columnWidth(width, columns.length)}px` })}
    @keydown=${(event: KeyboardEvent) => {
      onKey(event, inspector, grid);
    }}
  >
    <caption class="sr">
      ${inspector.t('inspector.lens')}
    </caption>
    <colgroup>
      <col style=${styleMap({ width: `${label}px` })} />
      ${columns.map(() => html`<col />`)}
    </colgroup>
    <thead>
      <tr>
        <td></td>
        ${columns.map(
          (position) =>
            html`<th scope="col" class=${position === here.position ? 'on' : ''}>
              <span>${inspector.labels.token(position)}</span>
            </th>`,
        )}
      </tr>
    </thead>
    <tbody>
      ${range(lens.shape[0]).map(
        (layer) =>
          html`<tr class=${isEarly(layer, lens) ? 'early' : ''}>
            <th scope="row">${layerName(inspector, layer)}</th>
            ${columns.map((position) => lensCell(inspector, grid, { layer, position }))}
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** The first third of the states: the final norm and the unembedding were not made for them. */
function isEarly(layer: number, { shape: [states] }: Lens): boolean {
  return layer < Math.ceil((states - 1) / 3);
}

export function layerName({ t }: Inspector, layer: number): string {
  return layer === 0 ? t('inspector.afterEmbed') : t('inspector.blockN', { n: layer - 1 });
}

/** The `rank`-th token of a cell and its probability. */
export function lensToken(
  { shape, ids, probabilities }: Lens,
  { layer, position }: LensCell,
  rank = 0,
): {
  readonly id: number;
  readonly probability: number;
} {
  const index = (layer * shape[1] + position) * shape[2] + rank;
  return { id: at(ids, index), probability: at(probabilities, index) };
}

/** The page of positions that holds the chosen one, so that choosing a neighbour does not move the picture. */
export function visiblePositions(
  { size, subject }: Inspector,
  position: number,
): readonly number[] {
  const { length } = subject.value;
  const room = size.value.width - labelWidth(size.value.width);
  const fits = Math.max(1, Math.min(length, Math.floor(room / narrowestColumn)));
  const start = Math.min(length - fits, Math.floor(position / fits) * fits);
  return range(fits).map((i) => start + i);
}

const narrowestColumn = 44;
const widestColumn = 72;

function columnWidth(width: number, columns: number): number {
  return Math.min(widestColumn, Math.floor((width - labelWidth(width)) / columns));
}

function labelWidth(width: number): number {
  return width < 480 ? 62 : 84;
}

function lensCell(
  inspector: Inspector,
  { lens, here, choose }: LensGrid,
  cell: LensCell,
): TemplateResult {
  const { labels, point } = inspector;
  const { id, probability } = lensToken(lens, cell);
  const text = labels.plainId(id);
  const isHere = cell.layer === here.layer && cell.position === here.position;
  return html`<td>
    <button
      class=${`lens-cell${isWide(text) ? ' tight' : ''}${isHere ? ' here' : ''}`}
      tabindex=${isHere ? 0 : -1}
      aria-pressed=${isHere ? 'true' : 'false'}
      aria-label=${spoken(inspector, lens, cell)}
      data-cell=${`${cell.layer}.${cell.position}`}
      style=${styleMap(cellStyle(probabilityScale, probability))}
      @mouseenter=${() => {
        point({ layer: cell.layer, token: cell.position });
      }}
      @mouseleave=${() => {
        point(undefined);
      }}
      @click=${() => {
        choose(cell);
      }}
    >
      <span>${text}</span>
    </button>
  </td>`;
}

/** From the radicals on, characters are as wide as two Latin ones. */
const firstWide = 0x2e80;

/** Whether a text takes more than five letters' room; a character of Japanese takes that of two. */
function isWide(text: string): boolean {
  const roomOf = (character: string): number =>
    (character.codePointAt(0) ?? 0) < firstWide ? 1 : 2;
  return Array.from(text).reduce((room, character) => room + roomOf(character), 0) > 5;
}

function spoken(inspector: Inspector, lens: Lens, cell: LensCell): string {
  const { id, probability } = lensToken(lens, cell);
  const { labels } = inspector;
  return `${layerName(inspector, cell.layer)}, ${labels.plain(cell.position)}: ${labels.plainId(id)} ${percent(probability)}`;
}

function onKey(event: KeyboardEvent, inspector: Inspector, { lens, here, choose }: LensGrid): void {
  const step = arrowStep(event.key);
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const cell = {
    layer: clampIndex(here.layer + step[0], lens.shape[0]),
    position: clampIndex(here.position + step[1], lens.shape[1]),
  };
  const table = event.currentTarget as HTMLElement;
  choose(cell);
  // Choosing rendered the table again: the cell may have come into view only now.
  table.querySelector<HTMLElement>(`[data-cell="${cell.layer}.${cell.position}"]`)?.focus();
  inspector.say(spoken(inspector, lens, cell));
}

/** The lens of the chosen position in numbers: what each state would predict, how sure, and how far that is from the end. */
export function lensTable(inspector: Inspector, grid: LensGrid): TemplateResult {
  const { lens, here, watched } = grid;
  const { t, labels } = inspector;
  const { position } = here;
  const isWatched = watched !== undefined;
  return html`<div class="scroll">
    <table class="plain lens-table">
      <caption class="sr">
        ${t('inspector.lens')}: ${labels.plain(position)}
      </caption>
      <thead>
        <tr>
          <td></td>
          <th scope="col">${t('inspector.token')}</th>
          <th scope="col" class="num">${t('inspector.probability')}</th>
          <th scope="col" class="num">${t('inspector.entropy')} (${t('inspector.bits')})</th>
          <th scope="col" class="num" title=${t('views.lens.divergenceSays')}>
            ${t('views.lens.divergence')}
          </th>
          <th scope="col" class="num">${t('inspector.finalRank')}</th>
          ${isWatched ? html`<th scope="col" class="num">${t('views.lens.watchedRank')}</th>` : nothing}
          ${isWatched ? html`<th scope="col" class="num">${t('views.lens.watchedProbability')}</th>` : nothing}
        </tr>
      </thead>
      <tbody>
        ${range(lens.shape[0]).map((layer) => lensRow(inspector, grid, { layer, position }))}
      </tbody>
    </table>
  </div>`;
}

function lensRow(
  inspector: Inspector,
  { lens, watched }: LensGrid,
  cell: LensCell,
): TemplateResult {
  const { labels, t, language } = inspector;
  const { id, probability } = lensToken(lens, cell);
  const index = cell.layer * lens.shape[1] + cell.position;
  const final = lensToken(lens, { layer: lens.shape[0] - 1, position: cell.position });
  // Whatever is told of a cell is told of one token's row in it.
  const number = (text: string, of: number): TemplateResult => {
    const tab = cell.layer === 0 && of === id ? 'stop' : 'inside';
    return html`<td class="num">
      ${pressed(text, lensName(cell.layer, cell.position, of), tab)}
    </td>`;
  };
  const measure = (kind: 'entropy' | 'divergence', bits: number): TemplateResult =>
    html`<td class="num">
      ${pressed(fixed(bits, 2), lensMeasureName(kind, cell.layer, cell.position))}
    </td>`;
  const early = isEarly(cell.layer, lens);
  return html`<tr
    class=${early ? 'early' : nothing}
    title=${early ? t('inspector.unreliable') : nothing}
  >
    <th scope="row">${layerName(inspector, cell.layer)}</th>
    <td>${labels.chip(id)}</td>
    ${number(percent(probability), id)} ${measure('entropy', at(lens.entropyBits, index))}
    ${measure('divergence', at(lens.divergenceBits, index))}
    ${number(grouped(at(lens.finalRank, index), language), final.id)}
    ${
      watched === undefined
        ? nothing
        : html`${number(grouped(at(lens.watchedRank, index), language), watched)}
          ${number(percent(at(lens.watchedProbability, index)), watched)}`
    }
  </tr>`;
}

/** Entropy and divergence of a cell as terms of a list, each leading to its sum. */
export function lensFacts(
  { t }: Inspector,
  lens: Lens,
  { layer, position }: LensCell,
): TemplateResult {
  const index = layer * lens.shape[1] + position;
  const number = (kind: 'entropy' | 'divergence', bits: number): TemplateResult =>
    html`<dd class="num">
      ${pressed(fixed(bits, 2), lensMeasureName(kind, layer, position), 'stop')}
      ${kind === 'entropy' ? t('inspector.bits') : nothing}
    </dd>`;
  return html`<dt>${t('inspector.entropy')}</dt>
    ${number('entropy', at(lens.entropyBits, index))}
    <dt>${t('views.lens.divergence')}</dt>
    ${number('divergence', at(lens.divergenceBits, index))}`;
}
