/** The rows of the token embedding on a plane; a token of the sentence is marked and named, others are named as they fit. */
import { html, type TemplateResult } from 'lit';
import type { NumberBlock } from '../../../src/protocol/runs';
import { at } from '../../picture/at';
import { decimalsFor, fixed, percent } from '../../picture/numbers';
import { painted } from '../../picture/painted';
import type { Palette } from '../../picture/palette';
import { twin } from '../../picture/table';
import type { Labels } from '../../labels';
import type { Lab } from '../lab';
import { flattened, type Plane } from './flatten';

export interface EmbeddingMap {
  readonly embedding: NumberBlock;
  readonly plane: Plane;
  readonly labels: Labels;
  /** Ids of the sentence. */
  readonly marked: readonly number[];
  readonly size: number;
}

export function embeddingMap(lab: Lab, picture: EmbeddingMap): TemplateResult {
  const { t } = lab;
  const { embedding, plane, marked, labels, size } = picture;
  const points = flattened(embedding, plane);
  const ids = [...new Set(marked)];
  return html`<section>
    <h2>
      ${t('lab.map.title')}
      <small>${plane.directions ? t('lab.map.share', { p: percent(plane.share) }) : 'x, y'}</small>
    </h2>
    <figure class="plane" role="img" aria-label=${t('lab.map.title')}>
      <canvas
        aria-hidden="true"
        ${painted({
          width: size,
          height: size,
          inputs: [embedding.values, plane, marked.join()],
          paint: (context, theme) => {
            paint({ context, theme, picture, points, ids });
          },
        })}
      ></canvas>
    </figure>
    ${twin({
      caption: t('lab.map.title'),
      columns: [t('inspector.token'), '1', '2'],
      rows: ids.map((id) => ({
        heading: labels.chip(id),
        cells: [fixed(at(points, 2 * id), 3), fixed(at(points, 2 * id + 1), 3)],
      })),
      visibility: lab.tables.value ? 'shown' : 'hidden',
    })}
  </section>`;
}

interface Drawing {
  readonly context: CanvasRenderingContext2D;
  readonly theme: Palette;
  readonly picture: EmbeddingMap;
  readonly points: Float64Array;
  readonly ids: readonly number[];
}

function paint({ context, theme, picture, points, ids }: Drawing): void {
  const { size, labels } = picture;
  const { middle, reach } = frameOf(points);
  const place = (id: number): readonly [number, number] => [
    (size / 2) * (1 + (at(points, 2 * id) - middle[0]) / reach),
    (size / 2) * (1 - (at(points, 2 * id + 1) - middle[1]) / reach),
  ];
  context.strokeStyle = theme.colours.rule;
  context.strokeRect(0.5, 0.5, size - 1, size - 1);
  context.fillStyle = theme.colours.dim;
  for (let id = 0; id < points.length / 2; id++) {
    const [x, y] = place(id);
    context.fillRect(x - 1, y - 1, 2, 2);
  }
  context.font = `10px ${theme.mono}`;
  context.fillText(rangeText(middle[0], reach), 4, size - 5);
  context.fillStyle = theme.colours.strong;
  const taken: (readonly [number, number])[] = [];
  const inOrder = [...ids, ...Array.from({ length: points.length / 2 }, (_, id) => id)];
  for (const [rank, id] of inOrder.entries()) {
    const [x, y] = place(id);
    const isMarked = rank < ids.length;
    if (isMarked) {
      context.beginPath();
      context.arc(x, y, 3.5, 0, 2 * Math.PI);
      context.fill();
    }
    // A name goes where none is yet.
    const isFree = taken.every(([px, py]) => Math.abs(px - x) > 34 || Math.abs(py - y) > 11);
    if (!isFree || taken.length > 90) continue;
    taken.push([x, y]);
    context.globalAlpha = isMarked ? 1 : 0.7;
    context.fillText(labels.plainId(id).slice(0, 8), x + 5, y - 3);
    context.globalAlpha = 1;
  }
}

/** The square around all points, with a little air. */
function frameOf(points: Float64Array): {
  readonly middle: readonly [number, number];
  readonly reach: number;
} {
  const ends = [0, 1].map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = axis; i < points.length; i += 2) {
      const x = at(points, i);
      if (Number.isFinite(x)) [low, high] = [Math.min(low, x), Math.max(high, x)];
    }
    return low <= high ? ([low, high] as const) : ([0, 0] as const);
  });
  const [[left, right], [bottom, top]] = [ends[0] ?? [0, 0], ends[1] ?? [0, 0]];
  const half = Math.max(right - left, top - bottom) / 2;
  return {
    middle: [(left + right) / 2, (bottom + top) / 2],
    reach: half > 0 ? half * 1.12 : 1,
  };
}

/** What the width of the picture stands for. */
function rangeText(middle: number, reach: number): string {
  const digits = decimalsFor(reach);
  return `${fixed(middle - reach, digits)} … ${fixed(middle + reach, digits)}`;
}
