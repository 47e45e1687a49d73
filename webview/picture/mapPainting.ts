import { at } from './at';
import { binMap, type BinnedMap, type MapSource } from './bins';
import { inkOn } from './colour';
import { hatch } from './hatch';
import { cellDigits } from './numbers';
import { colourOf, type Palette } from './palette';
import { endOf, levelOf, type Scale } from './scale';

/** A map of numbers on a canvas: colours through a table of 256 into an image of one pixel a cell, then enlarged. */
export interface MapPainting {
  readonly source: MapSource;
  readonly scale: Scale;
  /** CSS pixels of the whole map. */
  readonly width: number;
  readonly height: number;
}

/** A map that only has to be put on a canvas: what stays the same while one picture turns into the next. */
export interface ColouredMap {
  readonly map: BinnedMap;
  /** RGBA of each place; transparent where all is masked. */
  readonly colours: Uint8ClampedArray;
  readonly masked: Path2D;
  readonly width: number;
  readonly height: number;
}

/** Colours of the picture before, RGBA of the same shape, and how far the change has come in [0, 1]. */
export interface Change {
  readonly from: Uint8ClampedArray | undefined;
  readonly progress: number;
}

const unchanged: Change = { from: undefined, progress: 1 };

/** Paints the map; more cells than pixels are binned by largest magnitude. */
export function paintMap(
  context: CanvasRenderingContext2D,
  theme: Palette,
  painting: MapPainting,
): void {
  drawMap(context, theme, { ...colourMap(painting, theme), ...unchanged });
}

/** The map binned to its pixels and coloured; kept with its numbers, for who comes back to them. */
export function colouredMap(painting: MapPainting, theme: Palette): ColouredMap {
  const { values } = painting.source;
  const before = kept.get(values);
  if (before?.theme === theme && isSamePicture(before.painting, painting)) return before.map;
  const map = colourMap(painting, theme);
  kept.set(values, { theme, painting, map });
  return map;
}

interface Kept {
  readonly theme: Palette;
  readonly painting: MapPainting;
  readonly map: ColouredMap;
}

const kept = new WeakMap<ArrayLike<number>, Kept>();

function isSamePicture(a: MapPainting, b: MapPainting): boolean {
  return (
    a.width === b.width &&
    a.height === b.height &&
    a.source.masked === b.source.masked &&
    a.source.columns === b.source.columns &&
    a.scale.kind === b.scale.kind &&
    endOf(a.scale) === endOf(b.scale)
  );
}

function colourMap({ source, scale, width, height }: MapPainting, theme: Palette): ColouredMap {
  const map = binMap(source, Math.floor(Math.max(width, height)));
  const colours = mapColours(map, scale, theme);
  const masked = maskedRegion(map, width / map.columns, height / map.rows);
  return { map, colours, masked, width, height };
}

export function drawMap(
  context: CanvasRenderingContext2D,
  theme: Palette,
  { map, colours, masked, width, height, from, progress }: ColouredMap & Change,
): void {
  context.imageSmoothingEnabled = false;
  context.drawImage(image(mixColours(from, colours, progress), map), 0, 0, width, height);
  paintGaps(context, theme, { map, width, height });
  context.globalAlpha = progress;
  const pitch = width > 200 ? 6 : width > 60 ? 5 : 3.5;
  hatch(context, theme, { region: masked, width, height, pitch });
  context.globalAlpha = 1;
}

type Cells = Pick<BinnedMap, 'values' | 'rows' | 'columns'>;

/** One pixel for each number; what is not a number, or not there, is transparent. */
export function colouredImage(cells: Cells, scale: Scale, theme: Palette): OffscreenCanvas {
  const colours = new Uint8ClampedArray(cells.rows * cells.columns * 4);
  colours.set(mapColours(cells, scale, theme));
  return image(colours, cells);
}

/** RGBA of each place, from the table of the scale's ramp. */
function mapColours(
  { values }: Cells,
  scale: Scale,
  { ramps }: Palette,
): Uint8ClampedArray<ArrayBuffer> {
  const ramp = ramps[scale.kind];
  const colours = new Uint8ClampedArray(values.length * 4);
  for (let i = 0; i < values.length; i++) {
    const value = at(values, i);
    if (Number.isNaN(value)) continue;
    const entry = levelOf(scale, value) * 3;
    colours[i * 4] = at(ramp, entry);
    colours[i * 4 + 1] = at(ramp, entry + 1);
    colours[i * 4 + 2] = at(ramp, entry + 2);
    colours[i * 4 + 3] = 255;
  }
  return colours;
}

/** Writes the numbers of one row into its cells. */
export function paintDigits(
  context: CanvasRenderingContext2D,
  theme: Palette,
  { source, scale, row, cell }: { source: MapSource; scale: Scale; row: number; cell: number },
): void {
  context.font = `${cell >= 27 ? '10' : '9'}px ${theme.mono}`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  for (let column = 0; column < source.columns; column++) {
    if (source.masked?.(row, column)) continue;
    const value = at(source.values, row * source.columns + column);
    context.fillStyle = inkOn(colourOf(theme, scale, value));
    context.fillText(
      cellDigits(value, scale.kind),
      (column + 0.5) * cell,
      (row + 0.5) * cell + 0.5,
    );
  }
}

function mixColours(
  from: Uint8ClampedArray | undefined,
  to: Uint8ClampedArray,
  progress: number,
): Uint8ClampedArray<ArrayBuffer> {
  if (from?.length !== to.length || progress >= 1) return new Uint8ClampedArray(to);
  const mixed = new Uint8ClampedArray(to.length);
  for (let i = 0; i < to.length; i += 4) {
    // Where a side is transparent its colour is the other's, so that cells fade rather than darken.
    const [a, b] = [at(from, i + 3) > 0 ? from : to, at(to, i + 3) > 0 ? to : from];
    for (let j = i; j < i + 3; j++) mixed[j] = at(a, j) + (at(b, j) - at(a, j)) * progress;
    mixed[i + 3] = at(from, i + 3) + (at(to, i + 3) - at(from, i + 3)) * progress;
  }
  return mixed;
}

function image(colours: Uint8ClampedArray<ArrayBuffer>, { rows, columns }: Cells): OffscreenCanvas {
  const canvas = new OffscreenCanvas(columns, rows);
  canvas.getContext('2d')?.putImageData(new ImageData(colours, columns, rows), 0, 0);
  return canvas;
}

/** Lines of the background between roomy cells. */
function paintGaps(
  context: CanvasRenderingContext2D,
  theme: Palette,
  { map, width, height }: { map: BinnedMap; width: number; height: number },
): void {
  const cell = width / map.columns;
  if (cell <= 9) return;
  context.fillStyle = theme.colours.background;
  for (let i = 1; i <= map.columns; i++) context.fillRect(i * cell - 1, 0, 1, height);
  const down = height / map.rows;
  for (let i = 1; i <= map.rows; i++) context.fillRect(0, i * down - 1, width, 1);
}

/** Runs of masked places, row by row, as one region. */
function maskedRegion({ values, rows, columns }: BinnedMap, width: number, height: number): Path2D {
  const region = new Path2D();
  for (let row = 0; row < rows; row++) {
    let start = -1;
    for (let column = 0; column <= columns; column++) {
      const masked = column < columns && Number.isNaN(at(values, row * columns + column));
      if (masked && start < 0) start = column;
      if (masked || start < 0) continue;
      region.rect(start * width, row * height, (column - start) * width, height);
      start = -1;
    }
  }
  return region;
}
