/** Stages q·k, ÷√d, mask and softmax: one map of queries by keys that turns from stage to stage. */
import { html, nothing, type TemplateResult } from 'lit';
import { range } from '../picture/at';
import type { MapSource } from '../picture/bins';
import { headingHeight } from '../picture/headingHeight';
import { mapLens } from '../picture/lens';
import { cellSize, isBinnedMap, matrix, type Cell, type Presses } from '../picture/matrix';
import type { Morph } from '../picture/morph';
import { numberName, type NumberName } from '../numberPlace';
import { fixed, unknown } from '../picture/numbers';
import { endOf, signedScaleTo, type Scale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { twin } from '../picture/table';
import type { AttentionMapOf } from '../../src/protocol/runs';
import type { Inspector } from '../view';
import { watch } from '../watch';
import { mapCorner } from './mapCorner';
import { uprightLabel } from './uprightLabel';
import { attendLines } from './attendLines';
import {
  isPattern,
  mapProgress,
  mapName,
  mapOf,
  mapScale,
  tintOf,
  wantedMap,
} from './attentionMeasure';
import { cellNow, scoresOf, type MapStage } from './headNumbers';
import type { MaskEditor } from './maskEditor';
import { maskedIn, maskedSays, type Masked } from './maskNumbers';

interface Square {
  readonly source: MapSource;
  readonly scale: Scale;
}

/** The numbers of a stage with what their colours mean. Kept, so that hovering and a changed size paint nothing anew. */
function squareOf(inspector: Inspector, stage: MapStage): Square | undefined {
  const wanted = wantedMap(inspector);
  const block = stage === 'softmax' ? mapOf(inspector, wanted) : scoresOf(inspector);
  if (!block) return undefined;
  const { length, model } = inspector.subject.value;
  let kept = squares.get(block.values);
  if (!kept) squares.set(block.values, (kept = {}));
  return (kept[stage] ??= makeSquare(block.values, {
    stage,
    kind: wanted.kind,
    length,
    root: Math.sqrt(model.config.headSize),
    masked: maskedIn(inspector),
  }));
}

const squares = new WeakMap<Float32Array, Partial<Record<MapStage, Square>>>();

interface SquareOf {
  readonly stage: MapStage;
  readonly kind: AttentionMapOf['kind'];
  readonly length: number;
  readonly root: number;
  readonly masked: Masked;
}

function makeSquare(values: Float32Array, what: SquareOf): Square {
  const { stage, kind, length, root, masked } = what;
  const shape = { rows: length, columns: length };
  if (stage === 'softmax')
    return { source: { values, ...shape, masked }, scale: mapScale(kind, values) };
  // `scores` are scaled already; before the division by √d they are that much larger.
  const shown = stage === 'dot' ? values.map((score) => score * root) : values;
  if (stage === 'mask')
    return {
      source: { values: shown, ...shape, masked },
      scale: signedScaleTo(
        largest(shown, (index) => masked(Math.floor(index / length), index % length)),
      ),
    };
  return {
    source: { values: shown, ...shape },
    scale: signedScaleTo(largest(shown, () => false)),
  };
}

/** Largest magnitude of those that are not left out. */
function largest(values: Float32Array, isOut: (index: number) => boolean): number {
  let most = 0;
  values.forEach((value, index) => {
    if (!isOut(index)) most = Math.max(most, Math.abs(value));
  });
  return most;
}

/** Up to this length a map is there before anybody could read how far it is. */
const quickLength = 128;

/** Whether the map that is wanted is no activation of the run, and takes the engine a while. */
function isMade(inspector: Inspector, stage: MapStage): boolean {
  const isLong = inspector.subject.value.length > quickLength;
  return isLong && stage === 'softmax' && !isPattern(wantedMap(inspector));
}

interface MatrixRoom {
  readonly stage: MapStage;
  readonly room: number;
  readonly morph: Morph;
  readonly editor: MaskEditor;
}

export function attendMatrix(
  inspector: Inspector,
  { stage, room, morph, editor }: MatrixRoom,
): TemplateResult | typeof nothing {
  const { t, place, set, point, labels, subject, size, calm } = inspector;
  const square = squareOf(inspector, stage);
  if (!square)
    return isMade(inspector, stage) ? html`${watch(() => mapProgress(inspector))}` : nothing;
  const { source, scale } = square;
  const { length, run } = subject.value;
  const { block, head, table, drawn, measure, over } = place.value;
  const label = () => describe(inspector, source, cellNow(inspector));
  if (drawn === 'lines' && stage === 'softmax' && !table)
    return html`${attendLines(inspector, { source, end: endOf(scale), room, label, name: (cell) => cellName(inspector, stage, cell) })}
    ${length <= longestTable ? matrixTwin(inspector, source, stage) : nothing}`;
  morph.show([run.run, block, head, measure, over].join(), stage, calm.value ? 'reduced' : 'full');
  const headings = [
    room < 420 ? 54 : 62,
    headingHeight(
      range(length).map((position) => labels.plain(position)),
      76,
    ),
  ] as const;
  const down = Math.max(size.value.height - 176 - headings[1], 20 * length);
  const cell = cellSize(length, Math.min(room - headings[0], down));
  const picture = matrix({
    source,
    scale,
    cell,
    rowLabel: (row) => labels.token(row),
    columnLabel: (column) => columnLabel(inspector, column),
    corner: mapCorner(inspector),
    headings: cell < 13 ? [46, 38] : headings,
    pointed: () => cellNow(inspector),
    label,
    onPoint: (pointed) => {
      if (pointed === undefined) point(undefined);
      else point(withWeights(inspector, pointed));
    },
    onChoose: (chosen) => {
      point(undefined);
      set({ token: chosen[0] + run.dropped, cell: chosen });
      inspector.say(describe(inspector, source, chosen));
    },
    morph,
    ...(editor.isOn.value && { press: presses(inspector, editor) }),
  });
  const isShown = table && length <= longestTable;
  return html`${isShown ? nothing : picture}
  ${cell < 13 && !isShown ? mapLens({ source, scale, pointed: () => cellNow(inspector) }) : nothing}
  ${length <= longestTable ? matrixTwin(inspector, source, stage) : nothing}
  ${isBinnedMap(length, cell) ? html`<p class="dim small">${t('inspector.binned')}</p>` : nothing}`;
}

/** While the mask is edited a click changes it; the cell is pointed at all the same. */
function presses({ set, subject }: Inspector, editor: MaskEditor): Presses {
  return {
    cell: (cell) => {
      set({ token: cell[0] + subject.value.run.dropped, cell });
      editor.cell(cell);
    },
    row: editor.row,
    column: editor.column,
  };
}

/** A table of more than 64 × 64 numbers helps nobody; the sentence of the pointed cell does. */
const longestTable = 64;

function withWeights(inspector: Inspector, cell: Cell): { cell: Cell; weights?: Float32Array } {
  const weights = tintOf(inspector, cell[0]);
  return weights ? { cell, weights } : { cell };
}

function columnLabel({ labels }: Inspector, position: number): TemplateResult {
  return uprightLabel(labels.text(position), labels.token(position));
}

function describe(inspector: Inspector, source: MapSource, [query, key]: Cell): string {
  const { t, labels } = inspector;
  const value = source.masked?.(query, key)
    ? maskedSays(inspector)
    : fixed(source.values[query * source.columns + key] ?? Number.NaN);
  return `${t('inspector.query')} ${String(query)} ${labels.plain(query)}, ${t('inspector.key')} ${String(key)} ${labels.plain(key)}: ${value}`;
}

function matrixTwin(inspector: Inspector, source: MapSource, stage: MapStage): TemplateResult {
  const { t, place, labels } = inspector;
  const { block, head, table, measure, over } = place.value;
  const positions = range(source.columns);
  const isMeasured = stage === 'softmax' && (measure !== 'weights' || over !== 'head');
  return twin({
    caption: isMeasured
      ? [
          t(`attention.measure.${measure}`),
          t(`attention.over.${over}`, { b: block, h: head }),
        ].join(', ')
      : [
          t('inspector.blockN', { n: block }),
          t('inspector.headN', { n: head }),
          t(`inspector.stage.${stage}`),
        ].join(', '),
    columns: [
      `${t('inspector.query')} \\ ${t('inspector.key')}`,
      ...positions.map((key) => labels.plain(key)),
    ],
    rows: positions.map((query) => ({
      heading: labels.plain(query),
      cells: positions.map((key) =>
        source.masked?.(query, key)
          ? unknown
          : {
              text: fixed(source.values[query * source.columns + key] ?? Number.NaN, 2),
              number: cellName(inspector, stage, [query, key]),
            },
      ),
    })),
    visibility: table ? 'shown' : 'hidden',
  });
}

/** The name of what a cell shows. Before the division by √d that is the score, which tells the sum it was made of. */
function cellName(inspector: Inspector, stage: MapStage, cell: Cell): NumberName {
  const { block, head } = inspector.place.value;
  if (stage !== 'softmax')
    return numberName(`blocks.${String(block)}.attn.scores`, [head, ...cell]);
  const wanted = wantedMap(inspector);
  return numberName(mapName(wanted), wanted.head === undefined ? cell : [head, ...cell]);
}

export function matrixLegend(
  inspector: Inspector,
  stage: MapStage,
): TemplateResult | typeof nothing {
  const square = squareOf(inspector, stage);
  const { t, place } = inspector;
  if (!square) return nothing;
  return html`<div class="legend">
    ${scaleBar(square.scale, t, stage === 'softmax' ? t(`attention.measure.${place.value.measure}`) : undefined)}
    ${
      square.source.masked
        ? html`<span class="key"><i class="hatch"></i>${maskedSays(inspector)}</span>`
        : nothing
    }
  </div>`;
}
