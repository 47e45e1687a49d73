/** A chart as people meet it: its name, its lines with their numbers at the pointed place, keys, and the table of the same. */
import { signal, type Signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { grouped, unknown } from '../picture/numbers';
import { twin } from '../picture/table';
import { watch } from '../watch';
import type { Lab } from './lab';
import { evenly } from './evenly';
import { plotted, type PlotLine } from './plot';

export interface Chart {
  /** Tells charts of one section apart; the cursor stays with it when it is drawn anew. */
  readonly name: string;
  readonly title: string;
  /** What y is measured in. */
  readonly unit: string;
  readonly xName: string;
  readonly xs: ArrayLike<number>;
  readonly lines: readonly PlotLine[];
  readonly scale?: 'linear' | 'log';
  readonly height?: number;
  readonly write: (value: number) => string;
  /** Charts over the same x share one cursor. */
  readonly cursor: Signal<number | undefined>;
}

/** Most rows of the table; beyond that they are picked evenly, first and last included. */
const mostRows = 40;

export function chart(lab: Lab, picture: Chart): TemplateResult {
  const { title, unit, lines, cursor } = picture;
  const length = picture.xs.length;
  const index = (): number | undefined => {
    const at = cursor.value;
    return at === undefined || length === 0 ? undefined : Math.min(at, length - 1);
  };
  return html`<figure class="chart">
    <figcaption>
      <h2>${title} <small class="dim">${unit}</small></h2>
      <p class="legend-lines">${watch(() => legend(picture, index() ?? length - 1))}</p>
    </figcaption>
    <div
      class="plot"
      tabindex="0"
      role="application"
      aria-label=${`${title}. ${lab.t('lab.chart.keys')}`}
      data-focus=${`chart-${picture.name}`}
      @keydown=${(event: KeyboardEvent) => {
        onKey(lab, picture, event);
      }}
      ${plotted({
        xs: picture.xs,
        lines,
        height: picture.height ?? 160,
        scale: picture.scale ?? 'linear',
        pointed: index,
        onPoint: (at) => {
          cursor.value = at;
        },
      })}
    ></div>
    ${watch(() => table(lab, picture))}
  </figure>`;
}

export function newCursor(): Signal<number | undefined> {
  return signal(undefined);
}

/** Each line with its number at a place, which is the last one while nothing is pointed at. */
function legend(picture: Chart, index: number): TemplateResult {
  const { xs, xName, lines } = picture;
  const x = xs[index];
  return html`<span class="num">${x === undefined ? nothing : `${xName} ${grouped(x)}`}</span>
    ${lines.map(
      ({ name, values, colour, dashed }) =>
        html`<span class="line-name"
          ><i class=${`swatch ${colour}`} ?data-dashed=${dashed ?? false}></i>${name}
          <b class="num">${latest(picture, values, index)}</b></span
        >`,
    )}`;
}

/** The number there; where it was not measured, the one before with the x that it belongs to. */
function latest({ xs, write }: Chart, values: ArrayLike<number>, index: number): string {
  for (let at = index; at >= 0; at--) {
    const value = values[at] ?? Number.NaN;
    if (Number.isNaN(value)) continue;
    return at === index ? write(value) : `${write(value)} (${grouped(xs[at] ?? 0)})`;
  }
  return unknown;
}

function onKey(lab: Lab, picture: Chart, event: KeyboardEvent): void {
  const { xs, cursor } = picture;
  const last = xs.length - 1;
  if (last < 0) return;
  const at = Math.min(cursor.value ?? last, last);
  const to = new Map([
    ['ArrowLeft', at - 1],
    ['ArrowRight', at + 1],
    ['PageUp', at - 10],
    ['PageDown', at + 10],
    ['Home', 0],
    ['End', last],
  ]).get(event.key);
  if (to === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  cursor.value = Math.max(0, Math.min(last, to));
  lab.say(spoken(picture, cursor.value));
}

function spoken({ xs, xName, lines, write }: Chart, index: number): string {
  const numbers = lines.map(({ name, values }) => `${name} ${write(values[index] ?? Number.NaN)}`);
  return [`${xName} ${grouped(xs[index] ?? 0)}`, ...numbers].join(', ');
}

function table(lab: Lab, { title, xName, xs, lines, write }: Chart): TemplateResult {
  return twin({
    caption: title,
    columns: [xName, ...lines.map(({ name }) => name)],
    rows: evenly(xs.length, mostRows).map((index) => ({
      heading: grouped(xs[index] ?? 0),
      cells: lines.map(({ values }) => write(values[index] ?? Number.NaN)),
    })),
    visibility: lab.tables.value ? 'shown' : 'hidden',
  });
}
