import { html, type TemplateResult } from 'lit';

import type { MapSource } from './bins';
import { paintMap } from './mapPainting';
import { painted } from './painted';
import { endOf, type Scale } from './scale';

/** A whole matrix in a few pixels, without headings or pointer; binned by largest magnitude where it must be. */
export function thumbnail(source: MapSource, scale: Scale, size: number): TemplateResult {
  const height = (size * source.rows) / source.columns;
  return html`<canvas
    aria-hidden="true"
    ${painted({
      width: size,
      height,
      inputs: [source.values, source.masked, scale.kind, endOf(scale)],
      paint: (context, theme) => {
        paintMap(context, theme, { source, scale, width: size, height });
      },
    })}
  ></canvas>`;
}
