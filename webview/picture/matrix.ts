import { untracked } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from './styleMap';

import type { MapSource } from './bins';
import { follow, type Following } from './follow';
import type { LedgerLabel } from './ledger';
import { colouredMap, drawMap, paintDigits } from './mapPainting';
import type { Morph } from './morph';
import { painted } from './painted';
import { arrowStep, cellAt, clampIndex } from './pointer';
import { range } from './at';
import { endOf, type Scale } from './scale';
import { watch } from '../watch';

/** A row and a column of a matrix. */
export type Cell = readonly [row: number, column: number];

/** A matrix with headings, the pointed row and column framed, its cell ringed, and its row in digits where there is room. */
export interface MatrixPicture {
  readonly source: MapSource;
  readonly scale: Scale;
  /** CSS pixels of one cell, from `cellSize`. Below 13 it is a map: headings for the pointed cell alone, and a lens. */
  readonly cell: number;
  readonly rowLabel: (row: number) => LedgerLabel;
  readonly columnLabel: (column: number) => LedgerLabel;
  /** What stands in the corner, such as the names of both axes. */
  readonly corner?: TemplateResult;
  /** Width of the row headings and height of the column headings in CSS pixels. */
  readonly headings: readonly [width: number, height: number];
  /** Pointed or locked cell; read in effects, so that hovering renders nothing. */
  readonly pointed: () => Cell | undefined;
  /** One sentence: what the picture is, and the pointed number. */
  readonly label: () => string;
  readonly onPoint: (cell: Cell | undefined) => void;
  readonly onChoose: (cell: Cell) => void;
  /** What a press of the pointer does, where it does more than choose. */
  readonly press?: Presses;
  readonly morph?: Morph;
}

export interface Presses {
  readonly cell: (cell: Cell) => void;
  readonly row: (row: number) => void;
  readonly column: (column: number) => void;
}

/** Smallest and largest cell that has headings and can be hit. */
const smallestCell = 13;
const largestCell = 40;

/** Cell size for `count` cells in `room` pixels: 13–40, or what fits a map, which may be less than one pixel. */
export function cellSize(count: number, room: number): number {
  const whole = Math.floor(room / count);
  if (whole >= smallestCell) return Math.min(largestCell, whole);
  return Math.min(whole >= 1 ? whole : room / count, smallestCell);
}

/** Whether several cells share a pixel; the legend then says that each shows the strongest. */
export function isBinnedMap(count: number, cell: number): boolean {
  return count > Math.floor(count * cell);
}

export function matrix(picture: MatrixPicture): TemplateResult {
  const { cell, headings, corner, press } = picture;
  const isMap = cell < smallestCell;
  const [rows, columns] = isMap ? pointedHeadings(picture) : allHeadings(picture);
  return html`<div
    class=${isMap ? 'matrix map' : 'matrix'}
    ?data-editing=${press !== undefined}
    style=${styleMap({ '--label': `${headings[0]}px`, '--head': `${headings[1]}px` })}
  >
    <span class="corner">${corner}</span>
    <div class="columns" aria-hidden="true">${columns}</div>
    <div class="rows" aria-hidden="true">${rows}</div>
    ${grid(picture)}
  </div>`;
}

/** A heading for every row and column, those of the pointed cell in the strong colour. */
function allHeadings(picture: MatrixPicture): readonly [rows: unknown, columns: unknown] {
  const { source, cell, rowLabel, columnLabel, pointed, press } = picture;
  const heading = (index: number, axis: 0 | 1): Following => {
    return () => ({ color: pointed()?.[axis] === index ? 'var(--strong)' : 'inherit' });
  };
  const rows = range(source.rows).map(
    (row) =>
      html`<span
        style=${styleMap({ height: px(cell) })}
        @click=${() => press?.row(row)}
        ${follow(heading(row, 0))}
        >${rowLabel(row)}</span
      >`,
  );
  const columns = range(source.columns).map(
    (column) =>
      html`<span
        style=${styleMap({ width: px(cell) })}
        @click=${() => press?.column(column)}
        ${follow(heading(column, 1))}
        ><b>${columnLabel(column)}</b></span
      >`,
  );
  return [rows, columns];
}

/** On a map there is room for the headings of the pointed cell alone. */
function pointedHeadings(picture: MatrixPicture): readonly [rows: unknown, columns: unknown] {
  const { cell, rowLabel, columnLabel, pointed } = picture;
  const rows = watch(() => {
    const at = pointed();
    if (!at) return nothing;
    const place = styleMap({ transform: `translateY(calc(${px((at[0] + 0.5) * cell)} - 50%))` });
    return html`<span style=${place}>${rowLabel(at[0])}</span>`;
  });
  const columns = watch(() => {
    const at = pointed();
    if (!at) return nothing;
    const place = styleMap({ transform: `translateX(calc(${px((at[1] + 0.5) * cell)} - 50%))` });
    return html`<span style=${place}><b>${columnLabel(at[1])}</b></span>`;
  });
  return [rows, columns];
}

function grid(picture: MatrixPicture): TemplateResult {
  const { source, cell, pointed, label, onPoint, onChoose, press } = picture;
  const [width, height] = [source.columns * cell, source.rows * cell];
  const onKey = (event: KeyboardEvent): void => {
    const to = moved(picture, event.key);
    if (!to) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(to);
  };
  return html`<div
    class="grid"
    tabindex="0"
    role="application"
    aria-label=${untracked(label)}
    data-focus="grid"
    style=${styleMap({ width: `${width}px`, height: `${height}px` })}
    @mousemove=${(event: MouseEvent) => {
      onPoint(cellAt(event, source.rows, source.columns));
    }}
    @mouseleave=${() => {
      onPoint(undefined);
    }}
    @click=${(event: MouseEvent) => {
      (press?.cell ?? onChoose)(cellAt(event, source.rows, source.columns));
    }}
    @keydown=${onKey}
  >
    ${mapCanvas(picture, width, height)}${digitsCanvas(picture, width, height)}
    <i
      class="row-band"
      ${follow(bandStyle(pointed, (at) => ({ height: px(cell), width: px(width), transform: `translateY(${px(at[0] * cell)})` })))}
    ></i>
    <i
      class="column-band"
      ${follow(bandStyle(pointed, (at) => ({ width: px(cell), height: px(height), transform: `translateX(${px(at[1] * cell)})` })))}
    ></i>
    <i class="ring" ${follow(bandStyle(pointed, (at) => ringStyle(at, cell)))}></i>
  </div>`;
}

/** The cell that an arrow key leads to from the pointed one, or from the first. */
function moved({ source, pointed }: MatrixPicture, key: string): Cell | undefined {
  const step = arrowStep(key);
  if (!step) return undefined;
  const [row, column] = pointed() ?? [0, 0];
  return [clampIndex(row + step[0], source.rows), clampIndex(column + step[1], source.columns)];
}

function mapCanvas(
  { source, scale, morph }: MatrixPicture,
  width: number,
  height: number,
): TemplateResult {
  return html`<canvas
    aria-hidden="true"
    ${painted({
      width,
      height,
      map: { source, scale },
      inputs: [source.values, source.rows, source.masked, scale.kind, endOf(scale)],
      paint: (context, theme) => {
        const change = { from: morph?.from(), progress: morph?.progress() ?? 1 };
        const map = colouredMap({ source, scale, width, height }, theme);
        drawMap(context, theme, { ...map, ...change });
        if (morph) morph.colours = map.colours;
      },
    })}
  ></canvas>`;
}

/** The digits have a canvas of their own, so that hovering repaints one row and not the map. */
function digitsCanvas(
  picture: MatrixPicture,
  width: number,
  height: number,
): TemplateResult | undefined {
  const { source, scale, cell, pointed, morph } = picture;
  if (cell < 22) return undefined;
  return html`<canvas
    class="digits"
    aria-hidden="true"
    ${painted({
      width,
      height,
      inputs: [source.values, source.masked, scale.kind, endOf(scale)],
      paint: (context, theme) => {
        const row = pointed()?.[0];
        if (row === undefined || (morph?.progress() ?? 1) < 1) return;
        paintDigits(context, theme, { source, scale, row, cell });
      },
    })}
  ></canvas>`;
}

function bandStyle(
  pointed: () => Cell | undefined,
  style: (cell: Cell) => Record<string, string>,
): Following {
  return () => {
    const cell = pointed();
    return cell && style(cell);
  };
}

/** The ring around a cell of a map is never smaller than can be seen. */
function ringStyle([row, column]: Cell, cell: number): Record<string, string> {
  const size = Math.max(cell, 7);
  const inset = (size - cell) / 2;
  const place = `translate(${px(column * cell - inset)}, ${px(row * cell - inset)})`;
  return { width: px(size), height: px(size), transform: place };
}

function px(x: number): string {
  return `${x}px`;
}
