/** The picture of the whole pass: tiles on a canvas, lines of attention over it, buttons for columns and rows. */
import { html, nothing, svg, type SVGTemplateResult, type TemplateResult } from 'lit';
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
import { uprightClass } from './uprightLabel';
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
      ${watch(() => faintLines(inspector, layout))} ${watch(() => chosenLines(inspector, layout))}
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

/** Every column's stream and the stronger weights of every query, as far as they are known; one path for all of a kind. */
function faintLines(inspector: Inspector, layout: PassLayout): SVGTemplateResult {
  const { heads, layers } = inspector.subject.value.model.config;
  const streams: string[] = [];
  const found: string[] = [];
  const knowsAll = isSmall(layers * heads, inspector.subject.value.length);
  for (const gap of gapsOf(inspector, layout)) {
    layout.positions.forEach((query, column) => {
      streams.push(streamPath(layout.x(column), gap));
      if (!knowsAll) return;
      for (const weights of weightsOf(inspector, gap.block, query))
        eachWeight(layout, { weights, column }, (weight, x) => {
          if (weight > leastOfOthers) found.push(curvePath([x, layout.x(column)], gap));
        });
    });
  }
  return svg`<path d=${streams.join('')} stroke="var(--r)" opacity="0.28"></path>
    <path d=${found.join('')} fill="none" stroke="var(--a)" stroke-width="0.7" opacity="0.16"></path>`;
}

/** Weights are drawn in so many widths: curves of one width are one path. */
const widths = 48;

/** The chosen token's stream, and what attention brought to it. */
function chosenLines(inspector: Inspector, layout: PassLayout): SVGTemplateResult | typeof nothing {
  const { subject, pointed, place } = inspector;
  const { layers, heads } = subject.value.model.config;
  const chosen = pointed.value?.token ?? place.value.position;
  const column = layout.positions.indexOf(chosen);
  if (column < 0) return nothing;
  const to = layout.x(column);
  const isKnown = isSmall(layers * heads, subject.value.length) || chosen === place.value.position;
  const streams: string[] = [];
  const found = new Map<number, string>();
  for (const gap of gapsOf(inspector, layout)) {
    streams.push(streamPath(to, gap));
    for (const weights of isKnown ? weightsOf(inspector, gap.block, chosen) : [])
      eachWeight(layout, { weights, column }, (weight, from) => {
        const width = Math.round(weight * widths);
        found.set(width, (found.get(width) ?? '') + curvePath([from, to], gap));
      });
  }
  return svg`<path d=${streams.join('')} stroke="var(--r)" stroke-width="1.5" opacity="0.9"></path>
    ${[...found].map(
      ([width, path]) => svg`<path d=${path} fill="none" stroke="var(--a)"
        stroke-width=${0.6 + (width / widths) * 4}
        opacity=${0.35 + 0.65 * (width / widths)}></path>`,
    )}`;
}

/** Where attention is drawn in a block, between the tiles that enter it and what it writes. */
interface Gap {
  readonly block: number;
  readonly from: number;
  readonly to: number;
}

function gapsOf({ subject }: Inspector, layout: PassLayout): readonly Gap[] {
  return range(subject.value.model.config.layers).map((block) => ({
    block,
    from: (block === 0 ? layout.embedTop : layout.tileTop(block - 1)) + layout.tile + 1,
    to: layout.blockTop(block) + layout.attention - 1,
  }));
}

/** The weights on what stands before a column, those too small to be drawn left out. */
function eachWeight(
  layout: PassLayout,
  { weights, column }: { readonly weights: Float32Array; readonly column: number },
  draw: (weight: number, x: number) => void,
): void {
  for (let source = 0; source < column; source++) {
    const weight = at(weights, layout.positions[source] ?? 0);
    if (weight >= leastWeight) draw(weight, layout.x(source));
  }
}

function streamPath(x: number, { from, to }: Gap): string {
  return `M${String(x)} ${String(from)}V${String(to + 14)}`;
}

function curvePath([start, end]: readonly [number, number], { from, to }: Gap): string {
  return `M${String(start)} ${String(from)}C${String(start)} ${String(from + 22)} ${String(end)} ${String(to - 22)} ${String(end)} ${String(to)}`;
}

function columns(inspector: Inspector, layout: PassLayout): TemplateResult {
  const { place, set, point, labels, subject } = inspector;
  const kind = (position: number): string =>
    layout.upright ? `upright ${uprightClass(labels.text(position)) ?? ''}` : '';
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
          <span class=${kind(position)}>${labels.token(position)}</span>
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
