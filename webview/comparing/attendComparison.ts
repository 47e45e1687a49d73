/** Attend of two runs: how far the weights of each head moved, and one head of A, of B, and B − A over the aligned tokens. */
import { signal, type Signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { movedName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { numberName, type NumberName } from '../numberPlace';
import { range } from '../picture/at';
import { mapLens } from '../picture/lens';
import { cellSize, isBinnedMap, matrix, type Cell } from '../picture/matrix';
import { fixed, fixedWithSign, unknown } from '../picture/numbers';
import { probabilityScale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { twin } from '../picture/table';
import { explanation } from '../side';
import type { Inspector, ViewMaker } from '../view';
import { mapCorner } from '../views/mapCorner';
import { title } from '../views/title';
import { uprightLabel } from '../views/uprightLabel';
import { headDifferences } from './headDifferences';
import { choosePair, comparedNow, movePair, pairLabel, type Compared } from './compared';
import { frame } from './frame';
import { patterns, type Patterns, type Square } from './patterns';

type Hovered = Signal<Cell | undefined>;

export const attendComparison: ViewMaker = (inspector) => {
  const hovered: Hovered = signal(undefined);
  const locked: Hovered = signal(undefined);
  return {
    stage: () => {
      const { t, place } = inspector;
      const { block, head } = place.value;
      const about = html`${t('inspector.blockN', { n: block })} ·
      ${t('inspector.headN', { n: head })}`;
      return frame(inspector, title(inspector, 'attend', about), (compared) => {
        const squares = patterns(inspector, compared);
        return html`${heads(inspector, compared)}
        ${squares ? pictures(inspector, compared, { squares, hovered, locked }) : nothing}
        ${squares ? headTwin(inspector, compared, squares) : nothing}`;
      });
    },
    side: () => side(inspector, { hovered, locked }),
    // In positions of A; a sheet that is turned to B goes to the tokens aligned with them.
    resting: () => {
      const compared = comparedNow(inspector);
      const squares = compared && patterns(inspector, compared);
      if (!compared || !squares) return undefined;
      const [row, column] = hovered.value ?? locked.value ?? resting(squares, compared);
      const [query, key] = [compared.pairs[row]?.before, compared.pairs[column]?.before];
      return query === undefined || key === undefined ? undefined : { cell: [query, key] };
    },
    moves: {
      x: (by) => {
        locked.value = undefined;
        return movePair(inspector, by);
      },
      close: () => {
        const wasLocked = locked.value !== undefined;
        locked.value = undefined;
        return wasLocked;
      },
    },
  };
};

/** Every head as one cell: half the sum of |B − A| of its weights. */
function heads(inspector: Inspector, compared: Compared): TemplateResult | typeof nothing {
  const { t, place, set, size, say } = inspector;
  const moved = headDifferences(inspector, compared);
  if (!moved) return nothing;
  const { values, rows, columns, firstBlock } = moved;
  const cell = Math.min(26, cellSize(columns, size.value.width - 60));
  const says = ([row, head]: Cell): string =>
    [
      t('inspector.blockN', { n: firstBlock + row }),
      t('inspector.headN', { n: head }),
      fixed(values[row * columns + head] ?? Number.NaN),
    ].join(' · ');
  const here = (): Cell => [place.value.block - firstBlock, place.value.head];
  const moves = values[here()[0] * columns + here()[1]];
  const chosen =
    moves === undefined
      ? unknown
      : pressed(fixed(moves), movedName(place.value.block, place.value.head), 'stop');
  return html`<h2>${t('compare.heads')} <small class="dim">${t('inspector.miniAxes')}</small></h2>
    <div class="scroll">
      ${matrix({
        source: { values, rows, columns },
        scale: probabilityScale,
        cell,
        rowLabel: (row) => String(firstBlock + row),
        columnLabel: (column) => String(column),
        headings: [28, 24],
        pointed: here,
        label: () => `${t('compare.heads')}: ${says(here())}`,
        onPoint: () => undefined,
        onChoose: (chosen) => {
          set({ block: firstBlock + chosen[0], head: chosen[1] });
          say(says(chosen));
        },
      })}
    </div>
    <div class="legend">
      ${scaleBar(probabilityScale, t, t('compare.moved'))}
      <span class="small"
        >${t('inspector.blockN', { n: place.value.block })} ·
        ${t('inspector.headN', { n: place.value.head })}
        <span class="num" data-measure="head-moved">${chosen}</span></span
      >
    </div>
    ${twin({
      caption: t('compare.heads'),
      columns: [
        t('inspector.block'),
        ...range(columns).map((head) => t('inspector.headN', { n: head })),
      ],
      rows: range(rows).map((row) => ({
        heading: String(firstBlock + row),
        cells: range(columns).map((head) => ({
          text: fixed(values[row * columns + head] ?? Number.NaN),
          number: movedName(firstBlock + row, head),
        })),
      })),
      visibility: place.value.table ? 'shown' : 'hidden',
    })}`;
}

interface Pictures {
  readonly squares: Patterns;
  readonly hovered: Hovered;
  readonly locked: Hovered;
}

function pictures(
  inspector: Inspector,
  compared: Compared,
  { squares, hovered, locked }: Pictures,
): TemplateResult {
  const { size, t } = inspector;
  const count = compared.pairs.length;
  const cell = cellSize(count, Math.min(26 * count, roomFor(count, size.value.width)));
  const now = (): Cell => hovered.value ?? locked.value ?? resting(squares, compared);
  const draw = (name: string, square: Square): TemplateResult =>
    html`<section data-side=${name === 'B' ? 'b' : nothing}>
      <h2><span class="side-mark">${name}</span></h2>
      ${matrix({
        ...square,
        cell,
        rowLabel: (row) => labelOf(inspector, compared, row),
        columnLabel: (column) =>
          uprightLabel(textOf(inspector, compared, column), labelOf(inspector, compared, column)),
        headings: cell < 13 ? [46, 38] : [58, 60],
        corner: mapCorner(inspector),
        pointed: now,
        label: () => `${name}: ${says(inspector, { compared, squares }, now())}`,
        onPoint: (at) => {
          hovered.value = at;
        },
        onChoose: (at) => {
          hovered.value = undefined;
          locked.value = at;
          choosePair(inspector, compared, at[0]);
          inspector.say(says(inspector, { compared, squares }, at));
        },
      })}
    </section>`;
  return html`<div class="three-maps">
      ${draw('A', squares.a)} ${draw('B', squares.b)} ${draw('B − A', squares.moved)}
    </div>
    ${cell < 13 ? mapLens({ ...squares.moved, pointed: now }) : nothing}
    <div class="legend">
      ${scaleBar(probabilityScale, t, 'A, B')} ${scaleBar(squares.moved.scale, t, 'B − A')}
      <span class="key"><i class="hatch"></i>${t('compare.hatched')}</span>
    </div>
    ${isBinnedMap(count, cell) ? html`<p class="dim small">${t('inspector.binned')}</p>` : nothing}`;
}

/** As many maps side by side as leave room for headings; where none does, three of a long text. */
function roomFor(count: number, width: number): number {
  const beside = [3, 2, 1].map((across) => Math.floor((width - 24 * (across - 1)) / across) - 62);
  const [three = 0, , one = 0] = beside;
  return beside.find((room) => room / count >= 13) ?? (width >= 720 ? three : one);
}

/** The key whose weight changed most for the chosen token. */
function resting({ moved }: Patterns, { at, pairs }: Compared): Cell {
  const count = pairs.length;
  let best = at;
  const size = (column: number): number =>
    moved.source.masked(at, column) ? -1 : Math.abs(moved.source.values[at * count + column] ?? 0);
  for (let column = 0; column < count; column++) if (size(column) > size(best)) best = column;
  return [at, best];
}

function labelOf(inspector: Inspector, { pairs }: Compared, index: number): TemplateResult {
  const { labels, other } = inspector;
  const pair = pairs[index];
  if (pair?.before !== undefined) return labels.token(pair.before);
  return pair?.after === undefined ? html`` : other.labels.token(pair.after);
}

function textOf({ labels, other }: Inspector, { pairs }: Compared, index: number): string {
  const { before, after } = pairs[index] ?? {};
  if (before !== undefined) return labels.text(before);
  return after === undefined ? '' : other.labels.text(after);
}

function says(
  inspector: Inspector,
  { compared: { pairs }, squares }: { readonly compared: Compared; readonly squares: Patterns },
  [row, column]: Cell,
): string {
  const { t } = inspector;
  const [query, key] = [pairs[row], pairs[column]];
  if (!query || !key) return '';
  const { a, b, moved } = valuesAt(squares, [row, column]);
  return [
    `${t('inspector.query')} ${pairLabel(inspector, query)}`,
    `${t('inspector.key')} ${pairLabel(inspector, key)}`,
    `A ${fixed(a)}`,
    `B ${fixed(b)}`,
    `B − A ${fixedWithSign(moved)}`,
  ].join(', ');
}

/** NaN where there is no weight. */
function valuesAt(squares: Patterns, [row, column]: Cell): Record<'a' | 'b' | 'moved', number> {
  const read = ({ source }: Square): number =>
    source.masked(row, column)
      ? Number.NaN
      : (source.values[row * source.columns + column] ?? Number.NaN);
  return { a: read(squares.a), b: read(squares.b), moved: read(squares.moved) };
}

function side(
  inspector: Inspector,
  { hovered, locked }: Omit<Pictures, 'squares'>,
): TemplateResult {
  const { t } = inspector;
  const compared = comparedNow(inspector);
  const squares = compared && patterns(inspector, compared);
  return explanation(inspector, {
    step: 'attend',
    formulas: ['softmax'],
    operands: squares && operands(),
  });
  function operands(): TemplateResult | undefined {
    if (!compared || !squares) return undefined;
    const cell = hovered.value ?? locked.value ?? resting(squares, compared);
    const [query, key] = [compared.pairs[cell[0]], compared.pairs[cell[1]]];
    if (!query || !key) return undefined;
    const { a, b, moved } = valuesAt(squares, cell);
    return html`<p class="what">
        ${t('inspector.query')}
        <span class="chip">${pairLabel(inspector, query)}</span> ${t('inspector.key')}
        <span class="chip">${pairLabel(inspector, key)}</span>
      </p>
      <dl class="measures compared-measures">
        <dt>A</dt>
        <dd class="num" data-measure="weight-a">
          ${pressed(fixed(a, 4), nameOf(query.before, key.before), 'stop')}
        </dd>
        <dt>B</dt>
        <dd class="num" data-measure="weight-b" data-side="b">
          ${pressed(fixed(b, 4), nameOf(query.after, key.after), 'stop')}
        </dd>
        <dt>B − A</dt>
        <dd class="num" data-measure="weight-moved">${fixedWithSign(moved, 4)}</dd>
      </dl>`;
  }
  function nameOf(query: number | undefined, key: number | undefined): NumberName | undefined {
    if (query === undefined || key === undefined) return undefined;
    const { block, head } = inspector.place.value;
    return numberName(`blocks.${String(block)}.attn.pattern`, [head, query, key]);
  }
}

/** A table of more than 64 × 64 numbers helps nobody; the sentence of the pointed cell does. */
const longestTable = 64;

function headTwin(
  inspector: Inspector,
  compared: Compared,
  squares: Patterns,
): TemplateResult | typeof nothing {
  const { t, place } = inspector;
  const { pairs } = compared;
  if (pairs.length > longestTable) return nothing;
  const names = pairs.map((pair) => pairLabel(inspector, pair));
  return twin({
    caption: `B − A, ${t('inspector.blockN', { n: place.value.block })}, ${t('inspector.headN', { n: place.value.head })}`,
    columns: [`${t('inspector.query')} \\ ${t('inspector.key')}`, ...names],
    rows: names.map((name, row) => ({
      heading: name,
      cells: names.map((_, column) => fixedWithSign(valuesAt(squares, [row, column]).moved)),
    })),
    visibility: place.value.table ? 'shown' : 'hidden',
  });
}
