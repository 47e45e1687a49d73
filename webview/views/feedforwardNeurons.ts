/** All neurons of one block at one position: before and after the non-linearity as grids, and as points on its curve. */
import { html, type TemplateResult } from 'lit';
import { at, range } from '../picture/at';
import { curve } from '../picture/curve';
import { follow } from '../picture/follow';
import { paintMap } from '../picture/mapPainting';
import { fixed } from '../picture/numbers';
import { painted } from '../picture/painted';
import { arrowStep, cellAt, clampIndex } from '../picture/pointer';
import { endOf, type Scale } from '../picture/scale';
import { twin } from '../picture/table';
import { numberName, type NumberName } from '../numberPlace';
import type { Inspector, ValidPlace } from '../view';
import { activationFunction } from './activationFunctions';

export interface Neurons {
  /** [F] each. */
  readonly pre: Float32Array;
  readonly post: Float32Array;
  /** The neuron that is pointed at, locked, or strongest. Reactive. */
  readonly chosen: () => number;
}

interface Grid {
  readonly values: Float32Array;
  readonly name: 'pre' | 'post';
  readonly scale: Scale;
  readonly width: number;
}

export function neuronGrid(inspector: Inspector, neurons: Neurons, grid: Grid): TemplateResult {
  const { point, set } = inspector;
  const columns = gridColumns(grid.values.length);
  const rows = grid.values.length / columns;
  const cell = grid.width / columns;
  const height = rows * cell;
  const neuronAt = (event: MouseEvent): number => {
    const [row, column] = cellAt(event, rows, columns);
    return row * columns + column;
  };
  return html`<div
    class="neuron-grid"
    role="application"
    tabindex="0"
    aria-label=${`${grid.name}: ${spoken(inspector, neurons)}`}
    data-focus=${`neurons-${grid.name}`}
    @mousemove=${(event: MouseEvent) => {
      point({ neuron: neuronAt(event) });
    }}
    @mouseleave=${() => {
      point(undefined);
    }}
    @click=${(event: MouseEvent) => {
      set({ neuron: neuronAt(event) });
    }}
    @keydown=${(event: KeyboardEvent) => {
      const step = arrowStep(event.key);
      if (!step || !moveNeuron(inspector, neurons, step)) return;
      event.preventDefault();
      event.stopPropagation();
    }}
  >
    ${cells(grid, columns, height)}
    <i
      class="ring"
      ${follow(() => {
        const neuron = neurons.chosen();
        const [x, y] = [(neuron % columns) * cell, Math.floor(neuron / columns) * cell];
        return { width: `${cell}px`, height: `${cell}px`, transform: `translate(${x}px, ${y}px)` };
      })}
    ></i>
  </div>`;
}

/** The curve with every neuron on it; for gated networks the points alone. */
export function neuronCurve(
  { subject }: Inspector,
  { pre, post, chosen }: Neurons,
  [width, height]: readonly [number, number],
): TemplateResult {
  const line = activationFunction(subject.value.model.config.activation)?.of;
  return curve({
    width,
    height,
    ...(line ? { line } : {}),
    xs: pre,
    ys: post,
    colour: 'm',
    xName: 'pre',
    yName: 'post',
    pointed: chosen,
  });
}

/** Moves the chosen neuron in the grid; false when it stands at the edge already. */
export function moveNeuron(
  inspector: Inspector,
  neurons: Neurons,
  [down, right]: readonly [number, number],
): boolean {
  const columns = gridColumns(neurons.post.length);
  const rows = neurons.post.length / columns;
  const from = neurons.chosen();
  const row = clampIndex(Math.floor(from / columns) + down, rows);
  const column = clampIndex((from % columns) + right, columns);
  inspector.point(undefined);
  inspector.set({ neuron: row * columns + column });
  inspector.say(spoken(inspector, neurons));
  return true;
}

/**
 * Columns that divide the number of neurons and make the grid about twice as wide as high, so that it has no ragged
 * edge: 512 are 32 × 16, 3,072 are 64 × 48.
 */
export function gridColumns(neurons: number): number {
  let best = neurons;
  const wanted = Math.sqrt(2 * neurons);
  for (let columns = 1; columns <= neurons; columns++) {
    if (neurons % columns === 0 && distance(columns, wanted) < distance(best, wanted))
      best = columns;
  }
  return best;
}

function distance(a: number, b: number): number {
  return Math.abs(Math.log(a / b));
}

function cells({ values, scale, width }: Grid, columns: number, height: number): TemplateResult {
  const source = { values, rows: values.length / columns, columns };
  return html`<canvas
    aria-hidden="true"
    ${painted({
      width,
      height,
      inputs: [values, endOf(scale)],
      paint: (context, theme) => {
        paintMap(context, theme, { source, scale, width, height });
      },
    })}
  ></canvas>`;
}

function spoken({ t, place }: Inspector, { pre, post }: Neurons): string {
  const neuron = place.value.neuron;
  if (neuron === undefined) return t('inspector.firing', { n: firing(post), F: post.length });
  return `${t('inspector.neuron')} ${neuron}: pre ${fixed(at(pre, neuron))}, post ${fixed(at(post, neuron))}`;
}

/** The grids in numbers: every neuron in reading order where there are not too many, else the strongest. */
export function neuronTable({ t, place }: Inspector, { pre, post }: Neurons): TemplateResult {
  const shown = place.value.table;
  const byStrength = range(post.length).toSorted(
    (a, b) => Math.abs(at(post, b)) - Math.abs(at(post, a)),
  );
  const rows = byStrength.slice(0, shown ? mostRows : 10).toSorted((a, b) => a - b);
  return twin({
    caption: t('inspector.neuronsInTable', { n: rows.length, F: post.length }),
    columns: [t('inspector.neuron'), 'pre', 'post'],
    rows: rows.map((neuron) => ({
      heading: String(neuron),
      cells: [
        { text: fixed(at(pre, neuron)), number: neuronName(place.value, 'pre', neuron) },
        { text: fixed(at(post, neuron)), number: neuronName(place.value, 'post', neuron) },
      ],
    })),
    visibility: shown ? 'shown' : 'hidden',
  });
}

const mostRows = 640;

export function neuronName(
  { block, position }: ValidPlace,
  part: 'pre' | 'post',
  neuron: number,
): NumberName {
  return numberName(`blocks.${String(block)}.mlp.${part}`, [position, neuron]);
}

/** Neurons above 0.1 after the non-linearity: those that visibly write. */
export function firing(post: Float32Array): number {
  return post.filter((x) => x > 0.1).length;
}
