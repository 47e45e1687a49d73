/**
 * The one file that knows uPlot: lines over a common x, in the theme's colours, which follow when the theme changes. What a
 * chart is for people (name, legend, keys, table) is chart.ts.
 */
import { effect } from '@preact/signals-core';
import { noChange, type ElementPart } from 'lit';
import { AsyncDirective } from 'lit/async-directive.js';
import { directive } from 'lit/directive.js';
import uPlot from 'uplot';
import { palette, type ColourName, type Palette } from '../picture/palette';

export interface PlotLine {
  readonly name: string;
  /** One number for each x; NaN where there is none. */
  readonly values: ArrayLike<number>;
  readonly colour: ColourName;
  /** Tells lines apart without colour. */
  readonly dashed?: boolean;
}

export interface Plot {
  /** Rising. */
  readonly xs: ArrayLike<number>;
  readonly lines: readonly PlotLine[];
  readonly height: number;
  /** `log` needs numbers above zero; what is not, is left out. */
  readonly scale: 'linear' | 'log';
  /** Index of the x that is pointed at, in and out. */
  readonly pointed: () => number | undefined;
  readonly onPoint: (index: number | undefined) => void;
}

class Plotted extends AsyncDirective {
  #plot: Plot | undefined;
  #element: HTMLElement | undefined;
  #chart: uPlot | undefined;
  #shape = '';
  #stops: (() => void)[] = [];
  #observer: ResizeObserver | undefined;
  /** The index that was last reported, so that it is not pointed at again for nothing. */
  #reported: number | undefined;

  override update(part: ElementPart, [plot]: [Plot]): typeof noChange {
    this.#element = part.element as HTMLElement;
    return this.render(plot);
  }

  override render(plot: Plot): typeof noChange {
    this.#plot = plot;
    const shape = JSON.stringify([
      plot.height,
      plot.scale,
      plot.lines.map(({ name, colour, dashed }) => [name, colour, dashed]),
    ]);
    if (this.#chart !== undefined && shape === this.#shape) this.#chart.setData(dataOf(plot));
    else {
      this.#shape = shape;
      // The element has no size before its place in the page is known.
      queueMicrotask(() => {
        this.#start();
      });
    }
    return noChange;
  }

  protected override disconnected(): void {
    this.#end();
  }

  protected override reconnected(): void {
    this.#start();
  }

  #start(): void {
    this.#end();
    const [element, plot] = [this.#element, this.#plot];
    if (!element?.isConnected || plot === undefined) return;
    const width = Math.max(80, element.clientWidth);
    const chart = new uPlot(optionsOf(plot, width, this.#hooks()), dataOf(plot), element);
    this.#chart = chart;
    this.#observer = new ResizeObserver(([entry]) => {
      const room = Math.floor(entry?.contentRect.width ?? 0);
      if (room > 0 && room !== chart.width) chart.setSize({ width: room, height: chart.height });
    });
    this.#observer.observe(element);
    this.#stops = [
      effect(() => {
        // Colours are read anew whenever the chart draws.
        if (palette.value !== undefined) chart.redraw(false, true);
      }),
      effect(() => {
        this.#follow(plot.pointed());
      }),
    ];
  }

  #hooks(): uPlot.Hooks.Arrays {
    const setCursor = ({ cursor }: uPlot): void => {
      const index = cursor.idx ?? undefined;
      if (index === this.#reported) return;
      this.#reported = index;
      this.#plot?.onPoint(index);
    };
    return { setCursor: [setCursor] };
  }

  /** Puts the line to where the keys, or another chart of the same steps, have it. */
  #follow(index: number | undefined): void {
    const chart = this.#chart;
    if (chart === undefined || index === this.#reported) return;
    this.#reported = index;
    const x = index === undefined ? undefined : chart.data[0][index];
    const left = x === undefined ? -10 : chart.valToPos(x, 'x');
    chart.setCursor({ left, top: x === undefined ? -10 : 0 });
  }

  #end(): void {
    for (const stop of this.#stops) stop();
    this.#stops = [];
    this.#observer?.disconnect();
    this.#chart?.destroy();
    this.#chart = undefined;
  }
}

/** `<div ${plotted({ xs, lines, … })}></div>` */
export const plotted = directive(Plotted);

/** uPlot's `Distr`, an enum that only compilers which inline it can name: 1 is linear, 3 logarithmic. */
const distributions = { linear: 1, log: 3 } as const;

/** uPlot does not come to an end with scales from further than 10⁻²⁰; lines leave the picture there. */
const decades = 15;

/** Whole decades around the numbers. */
function logRange(_: uPlot, least: number, most: number): [number, number] {
  const exponent = (x: number, round: (x: number) => number): number =>
    x > 0 ? Math.max(-decades, Math.min(decades, round(Math.log10(x)))) : 0;
  const low = exponent(least, Math.floor);
  return [10 ** low, 10 ** Math.max(low + 1, exponent(most, Math.ceil))];
}

/** Steps, ranks and merges are counted: nothing lies between two of them. */
const wholeSteps = [1, 2, 5]
  .flatMap((first) => [0, 1, 2, 3, 4, 5, 6].map((zeros) => first * 10 ** zeros))
  .sort((a, b) => a - b);

/** All of a number's digits: uPlot itself stops after three decimals, and rounds. */
function written(_: uPlot, splits: readonly number[]): string[] {
  return splits.map((split) => split.toLocaleString('en', { maximumSignificantDigits: 6 }));
}

function optionsOf(plot: Plot, width: number, hooks: uPlot.Hooks.Arrays): uPlot.Options {
  const font = `10px ${colours()?.mono ?? 'monospace'}`;
  const axis = {
    font,
    stroke: () => colours()?.colours.dim ?? '',
    grid: { stroke: () => colours()?.colours.rule ?? '', width: 1 },
    ticks: { show: false },
  };
  return {
    width,
    height: plot.height,
    hooks,
    legend: { show: false },
    // Zooming by dragging has no keyboard twin, and a lost view is hard to find back.
    cursor: { drag: { x: false, y: false, setScale: false }, y: false },
    scales: {
      x: { time: false },
      y: {
        // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- see `distributions`
        distr: distributions[plot.scale],
        ...(plot.scale === 'log' ? { range: logRange } : {}),
      },
    },
    axes: [
      { ...axis, size: 22, gap: 2, incrs: wholeSteps },
      { ...axis, size: 54, gap: 4, ...(plot.scale === 'linear' ? { values: written } : {}) },
    ],
    series: [
      {},
      ...plot.lines.map(({ name, colour, dashed }) => ({
        label: name,
        stroke: () => colours()?.colours[colour] ?? '',
        width: 1.5,
        points: { show: ({ data }: uPlot) => data[0].length < 3, size: 5 },
        spanGaps: true,
        ...(dashed ? { dash: [6, 4] } : {}),
      })),
    ],
  };
}

/** What uPlot cannot draw becomes a gap. */
function dataOf({ xs, lines, scale }: Plot): uPlot.AlignedData {
  const columns = lines.map(({ values }) =>
    Array.from(values, (value) =>
      Number.isFinite(value) && (scale === 'linear' || value > 0) ? value : null,
    ),
  );
  return [Array.from(xs), ...columns];
}

function colours(): Palette | undefined {
  return palette.peek();
}
