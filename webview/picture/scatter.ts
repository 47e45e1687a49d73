/** Points on a plane that can be zoomed, moved and walked: labels for the chosen ones and those near the pointer. */
import { html, type TemplateResult } from 'lit';
import { at, range } from './at';
import { painted } from './painted';
import type { Palette } from './palette';
import { styleMap } from './styleMap';

/** What part of the plane is seen: `zoom` 1 is all of it; x and y move it, in shares of the picture. */
export interface ScatterView {
  readonly zoom: number;
  readonly x: number;
  readonly y: number;
}

export interface Scatter {
  readonly width: number;
  readonly height: number;
  /** x and y of each point, [points, 2]. */
  readonly places: Float32Array;
  /** The first so many points are the ones that the picture is about. */
  readonly own: number;
  /** Index of the point that is ringed, −1 for none. */
  readonly chosen: number;
  readonly label: (index: number) => string;
  readonly name: string;
  readonly help: string;
  /** A point in words. */
  readonly describe: (index: number) => string;
  readonly view: { value: ScatterView };
  readonly pointed: { value: number | undefined };
  readonly say: (sentence: string) => void;
  readonly onChoose: (index: number) => void;
}

type Place = readonly [x: number, y: number];

const margin = 24;
const mostZoom = 64;
/** How near the pointer a point must be to be meant, and how many around it are named. */
const reach = 16;
const namedAround = 8;

export function scatter(picture: Scatter): TemplateResult {
  const { width, height, pointed, name, help } = picture;
  return html`<div
      class="scatter"
      tabindex="0"
      role="application"
      aria-label=${`${name}. ${help}`}
      data-focus="scatter"
      style=${styleMap({ width: `${String(width)}px`, height: `${String(height)}px` })}
      @mousemove=${(event: MouseEvent) => {
        move(picture, event);
      }}
      @mouseleave=${() => {
        pointed.value = undefined;
      }}
      @click=${() => {
        if (pointed.value !== undefined) picture.onChoose(pointed.value);
      }}
      @wheel=${(event: WheelEvent) => {
        event.preventDefault();
        zoomAt(picture, Math.exp(-event.deltaY / 300), positionOf(event));
      }}
      @keydown=${(event: KeyboardEvent) => {
        if (!pressed(picture, event.key)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
    >
      <canvas
        aria-hidden="true"
        ${painted({
          width,
          height,
          inputs: [picture.places, picture.chosen, picture.own, picture.label(0)],
          paint: (context, theme) => {
            paint(context, theme, picture);
          },
        })}
      ></canvas>
    </div>
    <p class="dim small" aria-hidden="true">${help}</p>`;
}

/** Pixels of a point under the view. */
function pixels({ width, height, places, view }: Scatter): (index: number) => Place {
  const bounds = ([0, 1] as const).map((axis) => {
    let [low, high] = [Infinity, -Infinity];
    for (let i = axis; i < places.length; i += 2) {
      low = Math.min(low, at(places, i));
      high = Math.max(high, at(places, i));
    }
    return [low, high - low || 1] as const;
  });
  const { zoom, x, y } = view.value;
  // One scale for both axes, so that distances are the same in all directions.
  const spread = Math.max(
    (bounds[0]?.[1] ?? 1) / (width - 2 * margin),
    (bounds[1]?.[1] ?? 1) / (height - 2 * margin),
  );
  const [left, top] = [bounds[0] ?? [0, 1], bounds[1] ?? [0, 1]];
  return (index) => {
    const across = (at(places, 2 * index) - left[0] - left[1] / 2) / spread / width;
    const down = -(at(places, 2 * index + 1) - top[0] - top[1] / 2) / spread / height;
    return [(across * zoom + x + 0.5) * width, (down * zoom + y + 0.5) * height];
  };
}

function positionOf(event: MouseEvent): Place {
  const box = (event.currentTarget as Element).getBoundingClientRect();
  return [event.clientX - box.left, event.clientY - box.top];
}

function move(picture: Scatter, event: MouseEvent): void {
  const { view, width, height, pointed } = picture;
  if (event.buttons === 1) {
    const { zoom, x, y } = view.value;
    view.value = { zoom, x: x + event.movementX / width, y: y + event.movementY / height };
    return;
  }
  const [nearest] = around(picture, positionOf(event));
  const isNear = nearest !== undefined && nearest.distance <= reach;
  pointed.value = isNear ? nearest.index : undefined;
}

interface Near {
  readonly index: number;
  readonly distance: number;
}

/** The points nearest to a place, nearest first. */
function around(picture: Scatter, [x, y]: Place): readonly Near[] {
  const place = pixels(picture);
  return range(picture.places.length / 2)
    .map((index) => {
      const [px, py] = place(index);
      return { index, distance: Math.hypot(px - x, py - y) };
    })
    .sort((a, b) => a.distance - b.distance)
    .slice(0, namedAround);
}

/** Zooms so that what is under a place stays there. */
function zoomAt({ view, width, height }: Scatter, factor: number, [px, py]: Place): void {
  const { zoom, x, y } = view.value;
  const next = Math.min(mostZoom, Math.max(1, zoom * factor));
  const keep = (share: number, offset: number): number => share - ((share - offset) * next) / zoom;
  const [across, down] = [px / width - 0.5, py / height - 0.5];
  view.value =
    next === 1 ? { zoom: 1, x: 0, y: 0 } : { zoom: next, x: keep(across, x), y: keep(down, y) };
}

/** Arrows walk to the nearest point in their direction; + − 0 zoom; Enter chooses. */
function pressed(picture: Scatter, key: string): boolean {
  const { pointed, view, onChoose, say, describe, own } = picture;
  const here = pointed.value ?? Math.max(0, picture.chosen);
  const middle = pixels(picture)(here);
  switch (key) {
    case '+':
    case '=':
      zoomAt(picture, 1.5, middle);
      return true;
    case '-':
      zoomAt(picture, 1 / 1.5, middle);
      return true;
    case 'Home':
      view.value = { zoom: 1, x: 0, y: 0 };
      return true;
    case 'Enter':
      if (here < own) onChoose(here);
      return true;
  }
  const to = neighbourIn(picture, key, here);
  if (to === undefined) return false;
  pointed.value = to;
  say(describe(to));
  return true;
}

const directions: Readonly<Record<string, Place>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

/** The nearest point within 45° of the direction; the same one at the edge. */
function neighbourIn(picture: Scatter, key: string, here: number): number | undefined {
  const direction = directions[key];
  if (direction === undefined) return undefined;
  const place = pixels(picture);
  const [x, y] = place(here);
  let best = here;
  let least = Infinity;
  for (let index = 0; index < picture.places.length / 2; index++) {
    const [px, py] = place(index);
    const along = (px - x) * direction[0] + (py - y) * direction[1];
    const aside = Math.abs((px - x) * direction[1]) + Math.abs((py - y) * direction[0]);
    const distance = Math.hypot(px - x, py - y);
    if (along <= 0 || aside > along || distance >= least) continue;
    [best, least] = [index, distance];
  }
  return best;
}

function paint(context: CanvasRenderingContext2D, theme: Palette, picture: Scatter): void {
  const { places, own, chosen, pointed, width, height } = picture;
  const place = pixels(picture);
  const count = places.length / 2;
  const dot = (index: number, radius: number): void => {
    const [x, y] = place(index);
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
  };
  context.fillStyle = theme.colours.dim;
  context.globalAlpha = 0.55;
  for (let index = own; index < count; index++) dot(index, 2);
  context.globalAlpha = 1;
  context.fillStyle = theme.colours.a;
  for (let index = 0; index < own; index++) dot(index, 4);
  const ring = pointed.value ?? chosen;
  if (ring >= 0) {
    const [x, y] = place(ring);
    context.strokeStyle = theme.colours.strong;
    context.lineWidth = 1.5;
    context.beginPath();
    context.arc(x, y, 7, 0, 2 * Math.PI);
    context.stroke();
  }
  const near = pointed.value === undefined ? [] : around(picture, place(pointed.value));
  const order = [...near.map(({ index }) => index), Math.max(0, chosen), ...range(own)];
  paintLabels(context, theme, { picture, place, order, box: [width, height] });
}

interface Labels {
  readonly picture: Scatter;
  readonly place: (index: number) => Place;
  /** The most important first: a name that would lie over another is left out. */
  readonly order: readonly number[];
  readonly box: Place;
}

function paintLabels(
  context: CanvasRenderingContext2D,
  theme: Palette,
  { picture, place, order, box }: Labels,
): void {
  context.font = `11px ${theme.mono}`;
  context.textBaseline = 'middle';
  const taken: (readonly [number, number, number, number])[] = [];
  for (const index of new Set(order)) {
    const [x, y] = place(index);
    const text = picture.label(index);
    const wide = context.measureText(text).width;
    const left = x + 8 + wide > box[0] ? x - 8 - wide : x + 8;
    const frame = [left, y - 7, left + wide, y + 7] as const;
    const isOver = taken.some(
      (other) =>
        frame[0] < other[2] && other[0] < frame[2] && frame[1] < other[3] && other[1] < frame[3],
    );
    if (isOver || y < 0 || y > box[1]) continue;
    taken.push(frame);
    context.fillStyle = theme.colours.background;
    context.globalAlpha = 0.75;
    context.fillRect(left - 1, y - 7, wide + 2, 14);
    context.globalAlpha = 1;
    context.fillStyle = index < picture.own ? theme.colours.strong : theme.colours.dim;
    context.fillText(text, left, y);
  }
}
