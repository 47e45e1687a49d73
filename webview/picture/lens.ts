import { html, type TemplateResult } from 'lit';

import { at } from './at';
import type { MapSource } from './bins';
import { follow } from './follow';
import { paintMap } from './mapPainting';
import type { Cell } from './matrix';
import { painted } from './painted';
import { endOf, type Scale } from './scale';

/** The neighbourhood of the pointed cell of a map at real cell size, for maps whose cells are too small to read. */
export interface LensPicture {
  readonly source: MapSource;
  readonly scale: Scale;
  readonly pointed: () => Cell | undefined;
}

const cell = 13;
const across = 24;

export function mapLens({ source, scale, pointed }: LensPicture): TemplateResult {
  const size = Math.min(across, source.rows, source.columns);
  const corner = (): Cell => {
    const [row, column] = pointed() ?? [0, 0];
    return [cornerOf(row, size, source.rows), cornerOf(column, size, source.columns)];
  };
  const ring = (): Record<string, string> | undefined => {
    const cellOf = pointed();
    if (!cellOf) return undefined;
    const [top, left] = corner();
    return {
      width: `${cell}px`,
      height: `${cell}px`,
      transform: `translate(${(cellOf[1] - left) * cell}px, ${(cellOf[0] - top) * cell}px)`,
    };
  };
  const pixels = size * cell;
  return html`<div class="map-lens">
    <canvas
      aria-hidden="true"
      ${painted({
        width: pixels,
        height: pixels,
        inputs: [source.values, source.masked, scale.kind, endOf(scale)],
        paint: (context, theme) => {
          const window = cut(source, corner(), size);
          paintMap(context, theme, { source: window, scale, width: pixels, height: pixels });
        },
      })}
    ></canvas>
    <i class="ring" ${follow(ring)}></i>
  </div>`;
}

function cornerOf(index: number, size: number, length: number): number {
  return Math.min(length - size, Math.max(0, index - Math.floor(size / 2)));
}

function cut({ values, columns, masked }: MapSource, [top, left]: Cell, size: number): MapSource {
  const window = new Float32Array(size * size);
  for (let i = 0; i < window.length; i++) {
    window[i] = at(values, (top + Math.floor(i / size)) * columns + left + (i % size));
  }
  const part = { values: window, rows: size, columns: size };
  return masked ? { ...part, masked: (row, column) => masked(top + row, left + column) } : part;
}
