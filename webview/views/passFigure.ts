/** The picture of the whole pass: tiles on a canvas, lines of attention over it, buttons for columns and rows. */
import { html, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import { at, range } from '../picture/at';
import { binVector } from '../picture/bins';
import { colouredImage } from '../picture/mapPainting';
import { painted } from '../picture/painted';
import type { Palette } from '../picture/palette';
import type { SignedScale } from '../picture/scale';
import type { Inspector } from '../view';
import { watch } from '../watch';
import type { PassLayout } from './passLayout';
import { isSmall, weightsOf, type PassNumbers, type Rows } from './passNumbers';

/** Lines under this weight are not drawn; the legend says so. */
const leastWeight = 0.05;
/** Of tokens that are not chosen only the strong ones are. */
const leastOfOthers = 0.3;
const tileRows = 8;
const tileColumns = 16;

export function passFigure(
  inspector: Inspector,
  layout: PassLayout,
  pass: PassNumbers,
): TemplateResult {
  const { width, height } = layout;
  const { run } = inspector.subject.value;
  const key = [run.run, layout.positions[0], pass.arrived].join();
  return html`<div
    class="score"
    style=${styleMap({ width: `${String(width)}px`, height: `${String(height)}px` })}
  >
    <canvas
      aria-hidden="true"
      ${painted({
        width,
        height,
        inputs: [key],
        paint: (context, theme) => {
          paintTiles(context, theme, { layout, pass });
        },
      })}
    ></canvas>
    <svg class="lines" width=${width} height=${height} aria-hidden="true">
      ${watch(() => lines(inspector, layout))}
    </svg>
    ${columns(inspector, layout)} ${rowLabels(inspector, layout)}
    ${waiting(inspector, layout, pass)}
  </div>`;
}

interface Painted {
  readonly layout: PassLayout;
  readonly pass: PassNumbers;
}

function paintTiles(
  context: CanvasRenderingContext2D,
  theme: Palette,
  { layout, pass }: Painted,
): void {
  const pad = Math.min(8, layout.column * 0.12);
  const width = layout.column - 2 * pad;
  context.imageSmoothingEnabled = false;
  pass.states.forEach((row, layer) => {
    const top = layer === 0 ? layout.embedTop : layout.tileTop(layer - 1);
    const image = tilesImage(row, layer === 0 ? pass.embedScale : pass.blockScale, theme);
    row.forEach((vector, column) => {
      if (!vector) return;
      const left = layout.x(column) - width / 2;
      const from = [column * tileColumns, 0, tileColumns, tileRows] as const;
      context.drawImage(image, ...from, left, top, width, layout.tile);
      const writes = pass.writes[layer - 1]?.[column];
      if (!writes || pass.largestWrite === 0) return;
      const y = top - 12;
      context.fillStyle = theme.colours.a;
      context.fillRect(left, y + 2, (width * writes.attention) / pass.largestWrite, 3);
      context.fillStyle = theme.colours.m;
      context.fillRect(left, y + 6.5, (width * writes.feedForward) / pass.largestWrite, 3);
    });
  });
}

/** The vectors of a row side by side, each as 16 × 8 cells; more numbers than that are binned by largest magnitude. */
function tilesImage(row: Rows, scale: SignedScale, theme: Palette): OffscreenCanvas {
  const before = images.get(row);
  if (before?.theme === theme && before.end === scale.end) return before.image;
  const columns = row.length * tileColumns;
  const values = new Float32Array(tileRows * columns).fill(Number.NaN);
  row.forEach((vector, tile) => {
    const cells = vector ? binVector(vector, tileRows * tileColumns) : [];
    cells.forEach((cell, index) => {
      const line = Math.floor(index / tileColumns) * columns;
      values[line + tile * tileColumns + (index % tileColumns)] = cell;
    });
  });
  const image = colouredImage({ values, rows: tileRows, columns }, scale, theme);
  images.set(row, { theme, end: scale.end, image });
  return image;
}

interface Tiles {
  readonly theme: Palette;
  readonly end: number;
  readonly image: OffscreenCanvas;
}

const images = new WeakMap<Rows, Tiles>();

/** Says of each row of which nothing has arrived that it is still being computed. */
function waiting({ t }: Inspector, layout: PassLayout, { states }: PassNumbers): TemplateResult {
  const missing = range(states.length).filter((layer) =>
    states[layer]?.every((vector) => vector === undefined),
  );
  return html`${missing.map((layer) => {
    const top = layer === 0 ? layout.embedTop : layout.tileTop(layer - 1);
    const place = { top: `${String(top)}px`, left: `${String(layout.gutter + 8)}px` };
    return html`<span class="waiting dim small" style=${styleMap(place)}
      >${t('inspector.task.running')}</span
    >`;
  })}`;
}

/** Every column's stream, and what attention brought to it; the chosen token's lines are strong. */
function lines(inspector: Inspector, layout: PassLayout): SVGTemplateResult[] {
  const { subject, pointed, place } = inspector;
  const { length, model } = subject.value;
  const { layers, heads } = model.config;
  const chosen = pointed.value?.token ?? place.value.position;
  const knowsAll = isSmall(layers * heads, length);
  const out: SVGTemplateResult[] = [];
  for (const block of range(layers)) {
    const before = block === 0 ? layout.embedTop : layout.tileTop(block - 1);
    const from = before + layout.tile + 1;
    const to = layout.blockTop(block) + layout.attention - 1;
    layout.positions.forEach((query, column) => {
      const isChosen = query === chosen;
      out.push(stream(layout.x(column), from, { to: to + 14, isChosen }));
      if (!knowsAll && query !== place.value.position) return;
      for (const weights of weightsOf(inspector, block, query))
        out.push(...curves(layout, { weights, column, from, to, isChosen }));
    });
  }
  return out;
}

function stream(
  x: number,
  from: number,
  { to, isChosen }: { to: number; isChosen: boolean },
): SVGTemplateResult {
  return svg`<line x1=${x} y1=${from} x2=${x} y2=${to} stroke="var(--r)"
    stroke-width=${isChosen ? 1.5 : 1} opacity=${isChosen ? 0.9 : 0.28}></line>`;
}

interface Curves {
  /** Weights on all keys, [K]. */
  readonly weights: Float32Array;
  readonly column: number;
  readonly from: number;
  readonly to: number;
  readonly isChosen: boolean;
}

function curves(
  layout: PassLayout,
  { weights, column, from, to, isChosen }: Curves,
): SVGTemplateResult[] {
  const out: SVGTemplateResult[] = [];
  const x = layout.x(column);
  for (let source = 0; source < column; source++) {
    const weight = at(weights, layout.positions[source] ?? 0);
    if (weight < leastWeight || (!isChosen && weight <= leastOfOthers)) continue;
    const start = layout.x(source);
    const path = `M${String(start)} ${String(from)} C${String(start)} ${String(from + 22)} ${String(x)} ${String(to - 22)} ${String(x)} ${String(to)}`;
    out.push(svg`<path d=${path} fill="none" stroke="var(--a)"
      stroke-width=${isChosen ? 0.6 + weight * 4 : 0.7}
      opacity=${isChosen ? 0.35 + 0.65 * weight : 0.16}></path>`);
  }
  return out;
}

function columns(inspector: Inspector, layout: PassLayout): TemplateResult {
  const { place, set, point, labels, subject } = inspector;
  const kind = layout.upright ? 'upright' : '';
  return html`<div class="cols" style=${styleMap({ left: `${String(layout.gutter)}px` })}>
    ${layout.positions.map(
      (position) =>
        html`<button
          class="col"
          tabindex="-1"
          aria-pressed=${position === place.value.position ? 'true' : 'false'}
          style=${styleMap({ width: `${String(layout.column)}px` })}
          @mouseenter=${() => {
            point({ token: position });
          }}
          @mouseleave=${() => {
            point(undefined);
          }}
          @click=${() => {
            set({ token: position + subject.value.run.dropped });
          }}
        >
          <span class=${kind}>${labels.token(position)}</span>
        </button>`,
    )}
  </div>`;
}

function rowLabels(inspector: Inspector, layout: PassLayout): TemplateResult {
  const { t, set, subject, size } = inspector;
  const short = size.value.width < 480;
  const label = (top: number, content: unknown, go: () => void) =>
    html`<button class="rowlabel" style=${styleMap({ top: `${String(top)}px` })} @click=${go}>
      ${content}
    </button>`;
  return html`${label(layout.embedTop + 1, t('inspector.step.embed'), () => {
    set({ step: 'embed' });
  })}
  ${range(subject.value.model.config.layers).map(
    (block) =>
      html`${label(
        layout.blockTop(block) + 14,
        html`<i class="sw attention"></i>${
            short ? t('inspector.shortAttend') : t('inspector.step.attend')
          }<small> ${block}</small>`,
        () => {
          set({ step: 'attend', block });
        },
      )}
      ${label(
        layout.tileTop(block),
        html`<i class="sw feedforward"></i>${
            short ? t('inspector.shortFeedforward') : t('inspector.step.feedforward')
          }`,
        () => {
          set({ step: 'feedforward', block });
        },
      )}`,
  )}`;
}
