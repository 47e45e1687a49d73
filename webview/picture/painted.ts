import { directive, type ElementPart } from 'lit/directive.js';
import { noChange } from 'lit';

import type { MapSource } from './bins';
import { EffectDirective } from './effectDirective';
import { leaveQueue, paintInTurn } from './paintQueue';
import { palette, type Palette } from './palette';
import type { Scale } from './scale';

/** Draws a canvas: sized for the screen's pixel density, repainted when its inputs, the theme or a read signal change. */
export interface Painting {
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
  /** Repaints only when one of these is not the same as before (`Object.is`). */
  readonly inputs: readonly unknown[];
  /** Paints into an empty canvas in CSS pixels. Signals read here repaint the canvas without a render of the view. */
  readonly paint: (context: CanvasRenderingContext2D, palette: Palette) => void;
  /** The numbers that it paints, where they are a map: what a saved picture has in place of pixels. */
  readonly map?: PaintedMap;
}

interface PaintedMap {
  readonly source: MapSource;
  readonly scale: Scale;
}

const maps = new WeakMap<HTMLCanvasElement, PaintedMap>();

/** The numbers that a canvas shows, where they are a map. */
export function mapOf(canvas: HTMLCanvasElement): PaintedMap | undefined {
  return maps.get(canvas);
}

/** On a canvas that is still to be painted. */
export const waitingMark = 'data-waiting';

class Painted extends EffectDirective {
  #painting: Painting | undefined;
  #canvas: HTMLCanvasElement | undefined;
  #density = 0;

  override update(part: ElementPart, [painting]: [Painting]): typeof noChange {
    this.#canvas = part.element as HTMLCanvasElement;
    return this.render(painting);
  }

  override render(painting: Painting): typeof noChange {
    const before = this.#painting;
    if (this.#canvas && painting.map) maps.set(this.#canvas, painting.map);
    this.#painting = painting;
    if (before === undefined || this.#density !== density() || !same(before, painting))
      this.start();
    return noChange;
  }

  protected override act(): void {
    const theme = palette.value;
    const [canvas, painting] = [this.#canvas, this.#painting];
    if (!theme || !canvas || !painting) return;
    this.#empty(canvas, painting);
    const turn = paintInTurn(() => {
      this.#paint(canvas, painting, theme);
    }, this.#later);
    canvas.toggleAttribute(waitingMark, turn === 'waits');
  }

  protected override disconnected(): void {
    super.disconnected();
    leaveQueue(this.#later);
  }

  readonly #later = (): void => {
    this.start();
  };

  #empty(canvas: HTMLCanvasElement, { width, height }: Painting): void {
    this.#density = density();
    canvas.width = Math.max(1, Math.round(width * this.#density));
    canvas.height = Math.max(1, Math.round(height * this.#density));
    canvas.style.width = `${width}px`;
    canvas.style.height = `${height}px`;
  }

  #paint(canvas: HTMLCanvasElement, { width, height, paint }: Painting, theme: Palette): void {
    const context = canvas.getContext('2d');
    if (!context) return;
    context.scale(canvas.width / width, canvas.height / height);
    paint(context, theme);
  }
}

/** `<canvas aria-hidden="true" ${painted({ width, height, inputs, paint })}></canvas>` */
export const painted = directive(Painted);

/** At least 2, so that thin lines and digits stay crisp when the window is zoomed. */
export function density(): number {
  return Math.max(2, devicePixelRatio);
}

function same(before: Painting, now: Painting): boolean {
  return (
    before.width === now.width &&
    before.height === now.height &&
    before.inputs.length === now.inputs.length &&
    before.inputs.every((input, i) => Object.is(input, now.inputs[i]))
  );
}
