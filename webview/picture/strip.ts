import { html, type TemplateResult } from 'lit';

import { at } from './at';
import { binVector } from './bins';
import { cssOf } from './colour';
import { follow } from './follow';
import { density, painted } from './painted';
import { colourOf } from './palette';
import { endOf, isBeyond, type Scale } from './scale';

/** One vector as coloured cells, or as bars from a zero line. */
export interface VectorPicture {
  readonly width: number;
  readonly height: number;
  readonly scale: Scale;
  /** Index under the pointer anywhere in the view, drawn as a line; read in an effect of its own. */
  readonly cursor?: () => number | undefined;
}

/** Cells. More numbers than screen pixels are binned by largest magnitude, see `isBinned`. */
export function strip(vector: ArrayLike<number>, picture: VectorPicture): TemplateResult {
  const { width, height, scale } = picture;
  const cells = binVector(vector, Math.floor(width * density()));
  return framed(vector.length, picture, {
    inputs: [vector, scale.kind, endOf(scale)],
    paint: (context, theme) => {
      const snap = (x: number): number => Math.round(x * density()) / density();
      for (let i = 0; i < cells.length; i++) {
        const from = snap((i * width) / cells.length);
        const to = snap(((i + 1) * width) / cells.length);
        context.fillStyle = cssOf(colourOf(theme, scale, at(cells, i)));
        context.fillRect(from, 0, to - from, height);
      }
    },
  });
}

/** Bars: length and colour say the same thing. A bar beyond the end of the scale gets a strong tip. */
export function bars(vector: ArrayLike<number>, picture: VectorPicture): TemplateResult {
  const { width, height, scale } = picture;
  return framed(vector.length, picture, {
    inputs: [vector, scale.kind, endOf(scale)],
    paint: (context, theme) => {
      const cells = binVector(vector, Math.floor(width));
      const pitch = width / cells.length;
      const thick = Math.max(1, pitch - (pitch > 4 ? 1 : 0.4));
      const middle = height / 2;
      for (let i = 0; i < cells.length; i++) {
        const value = at(cells, i);
        const share = Math.max(-1, Math.min(1, endOf(scale) > 0 ? value / endOf(scale) : 0));
        const length = share * (middle - 1);
        // A colour near zero would be invisible on the background: the length says how small it is.
        context.fillStyle = cssOf(
          colourOf(theme, scale, Math.sign(value) * endOf(scale) * (0.7 + 0.3 * Math.abs(share))),
        );
        context.fillRect(
          i * pitch,
          Math.min(middle, middle - length),
          thick,
          Math.max(0.5, Math.abs(length)),
        );
        if (!isBeyond(scale, value)) continue;
        context.fillStyle = theme.colours.strong;
        context.fillRect(i * pitch - 0.5, value > 0 ? 0 : height - 2, thick + 1, 2);
      }
      context.fillStyle = theme.colours.rule;
      context.fillRect(0, middle - 0.25, width, 0.5);
    },
  });
}

/** Whether a vector is drawn with several numbers in one cell; the legend then says so. */
export function isBinned(length: number, width: number): boolean {
  return length > Math.floor(width * density());
}

function framed(
  length: number,
  { width, height, cursor }: VectorPicture,
  painting: Pick<Parameters<typeof painted>[0], 'inputs' | 'paint'>,
): TemplateResult {
  const line = (): Record<string, string> | undefined => {
    const index = cursor?.();
    return index === undefined ? undefined : { left: `${((index + 0.5) / length) * 100}%` };
  };
  return html`<span class="vector-picture"
    ><canvas aria-hidden="true" ${painted({ width, height, ...painting })}></canvas>${
      cursor ? html`<i class="cursor-line" ${follow(line)}></i>` : undefined
    }</span
  >`;
}
