/** The draw: kept probabilities laid end to end from 0 to 1, and the one random number that falls on one of them. */
import type { ReadonlySignal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import { at, range } from '../picture/at';
import { cssOf } from '../picture/colour';
import { follow } from '../picture/follow';
import { hatchRectangle } from '../picture/hatch';
import { fixed, grouped, percent } from '../picture/numbers';
import { painted } from '../picture/painted';
import { colourOf } from '../picture/palette';
import { probabilityScale } from '../picture/scale';
import { twin } from '../picture/table';
import type { Inspector } from '../view';

export interface DrawBar {
  /** Tokens by falling probability and their probability after the cut, as far as they are known. */
  readonly ids: ArrayLike<number>;
  readonly kept: ArrayLike<number>;
  /** How many tokens the cut keeps in all. */
  readonly keptCount: number;
  readonly pick: { readonly id: number; readonly rank: number };
  readonly draw: number;
  readonly interval: readonly [number, number];
  readonly height: number;
  /** Another number that is tried on the same bar. */
  readonly tried?: ReadonlySignal<number | undefined>;
}

export function drawBar(inspector: Inspector, bar: DrawBar): TemplateResult {
  const { t, point, size, labels } = inspector;
  const { width } = size.value;
  const segments = segmentsOf(bar);
  const covered = segments.length > 0 ? (segments[segments.length - 1]?.to ?? 0) : 0;
  const others = bar.keptCount - segments.length;
  return html`<div
      class="draw-bar"
      role="img"
      aria-label=${verdictText(inspector, bar)}
      style=${styleMap({ height: `${bar.height}px` })}
      @mousemove=${(event: MouseEvent) => {
        const segment = segmentAt(event, segments);
        point(segment && { id: segment.id });
      }}
      @mouseleave=${() => {
        point(undefined);
      }}
    >
      ${band(bar, segments, width)}
      ${segments
        .filter(({ id, from, to }) => (to - from) * width > 14 + 8 * labels.plainId(id).length)
        .map((segment) => name(inspector, bar, segment))}
      <i class="under" ${follow(() => pointedStyle(inspector, segments))}></i>
      <i
        class="needle tried"
        ${follow(() => {
          const u = bar.tried?.value;
          return u === undefined ? undefined : { left: `${u * 100}%` };
        })}
      ></i>
      <i class="needle" style=${styleMap({ left: `${bar.draw * 100}%` })}><span>u</span></i>
    </div>
    <div class="axis-01" aria-hidden="true">
      ${[0, 0.2, 0.4, 0.6, 0.8, 1].map(
        (x) =>
          html`<span style=${styleMap({ left: `${x * 100}%` })}
            >${String(x).replace(/^0\./, '.')}</span
          >`,
      )}
    </div>
    ${
      others > 0 && covered < 0.999
        ? html`<p class="key">
            <i class="hatch"></i>${t('inspector.others', { n: grouped(others) })}
          </p>`
        : nothing
    }
    ${verdict(inspector, bar)} ${table(inspector, segments)}`;
}

/** The same intervals in words, as many as are read with patience. */
function table({ t, labels, place }: Inspector, segments: readonly Segment[]): TemplateResult {
  return twin({
    caption: t('inspector.draw'),
    columns: [t('inspector.token'), t('inspector.probability'), t('inspector.interval')],
    rows: segments.slice(0, mostRows).map(({ id, from, to }) => ({
      heading: labels.plainId(id),
      cells: [percent(to - from), `${fixed(from, 4)} – ${fixed(to, 4)}`],
    })),
    visibility: place.value.table ? 'shown' : 'hidden',
  });
}

const mostRows = 40;

interface Segment {
  readonly id: number;
  readonly from: number;
  readonly to: number;
}

/** The intervals of the kept tokens, largest first, by the same running sum as the draw's. */
export function segmentsOf({ ids, kept }: Pick<DrawBar, 'ids' | 'kept'>): readonly Segment[] {
  const segments: Segment[] = [];
  let from = 0;
  for (let i = 0; i < kept.length && at(kept, i) > 0; i++) {
    const to = from + at(kept, i);
    segments.push({ id: at(ids, i), from, to });
    from = to;
  }
  return segments;
}

function band(bar: DrawBar, segments: readonly Segment[], width: number): TemplateResult {
  const { height, kept, interval, pick } = bar;
  return html`<canvas
    aria-hidden="true"
    ${painted({
      width,
      height,
      inputs: [kept, pick.id, interval[0]],
      paint: (context, theme) => {
        const end = segments[segments.length - 1]?.to ?? 0;
        if (end < 0.999)
          hatchRectangle(context, theme, [end * width, 0, width - end * width, height]);
        for (const i of range(segments.length)) {
          const segment = segments[i];
          if (!segment) continue;
          const room = (segment.to - segment.from) * width;
          // Neighbours differ in shade; the thinnest share pixels, and their sum keeps its length.
          context.fillStyle = cssOf(colourOf(theme, probabilityScale, i % 2 === 0 ? 0.12 : 0.05));
          context.fillRect(
            segment.from * width,
            0,
            Math.max(0.2, room - (room > 3 ? 1 : 0)),
            height,
          );
        }
        context.fillStyle = theme.colours.a;
        const chosen = (interval[1] - interval[0]) * width;
        context.fillRect(
          interval[0] * width,
          0,
          Math.max(1.5, chosen - (chosen > 3 ? 1 : 0)),
          height,
        );
      },
    })}
  ></canvas>`;
}

function name({ labels }: Inspector, { pick }: DrawBar, { id, from, to }: Segment): TemplateResult {
  const style = styleMap({ left: `${from * 100}%`, width: `${(to - from) * 100}%` });
  return html`<span class=${id === pick.id ? 'segment chosen' : 'segment'} style=${style}
    >${labels.chip(id)}</span
  >`;
}

function pointedStyle(
  { pointed }: Inspector,
  segments: readonly Segment[],
): Record<string, string> | undefined {
  const id = pointed.value?.id;
  const segment = id === undefined ? undefined : segments.find((each) => each.id === id);
  return (
    segment && { left: `${segment.from * 100}%`, width: `${(segment.to - segment.from) * 100}%` }
  );
}

function segmentAt(event: MouseEvent, segments: readonly Segment[]): Segment | undefined {
  const box = (event.currentTarget as Element).getBoundingClientRect();
  const x = (event.clientX - box.left) / box.width;
  return segments.find(({ from, to }) => x >= from && x < to);
}

/** Decimals with which both ends of a narrow interval, and a number in it, can be told apart. */
export function intervalDigits([from, to]: readonly [number, number]): number {
  const width = Math.max(to - from, 1e-9);
  return Math.min(9, Math.max(4, Math.ceil(-Math.log10(width)) + 1));
}

function verdict({ t, labels }: Inspector, { pick, draw, interval }: DrawBar): TemplateResult {
  const digits = intervalDigits(interval);
  return html`<p class="verdict-line">
    ${t('inspector.fell', { u: fixed(draw, digits) })} ${labels.chip(pick.id)}
    <span class="dim num">${fixed(interval[0], digits)} – ${fixed(interval[1], digits)}</span>
  </p>`;
}

function verdictText({ t, labels }: Inspector, { pick, draw, interval }: DrawBar): string {
  const digits = intervalDigits(interval);
  const between = `${fixed(interval[0], digits)} – ${fixed(interval[1], digits)}`;
  return `${t('inspector.fell', { u: fixed(draw, digits) })} ${labels.plainId(pick.id)} ${between}`;
}
