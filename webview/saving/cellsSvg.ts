/** A matrix of a saved picture: a rectangle for each number, which is its title. */
import { at } from '../picture/at';
import { cssOf } from '../picture/colour';
import { mapOf } from '../picture/painted';
import { colourOf, palette } from '../picture/palette';
import { hatchId } from './hatchPattern';
import { element } from './markup';

/** Beyond so many, the picture would be heavier than its image. */
const mostCells = 4096;

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Undefined for a canvas that shows no map, or too large a one. */
export function cellsSvg(canvas: HTMLCanvasElement, box: Box): string | undefined {
  const map = mapOf(canvas);
  const theme = palette.peek();
  if (map === undefined || theme === undefined) return undefined;
  const { source, scale } = map;
  if (source.rows * source.columns > mostCells) return undefined;
  const [width, height] = [box.width / source.columns, box.height / source.rows];
  const gap = width > 9 ? 1 : 0;
  const cells: string[] = [];
  for (let row = 0; row < source.rows; row++) {
    for (let column = 0; column < source.columns; column++) {
      const isMasked = source.masked?.(row, column) === true;
      const value = at(source.values, row * source.columns + column);
      const fill = isMasked ? `url(#${hatchId})` : cssOf(colourOf(theme, scale, value));
      const place = { x: box.x + column * width, y: box.y + row * height };
      const size = { width: width - gap, height: height - gap };
      const title = isMasked ? [] : [cellTitle(row, column, value)];
      cells.push(element('rect', { ...place, ...size, fill }, title));
    }
  }
  return element('g', {}, cells);
}

/** `[query, key] = number`, with the 9 digits that tell every float32 from its neighbours. */
function cellTitle(row: number, column: number, value: number): string {
  const digits = String(Number(value.toPrecision(9)));
  return element('title', {}, [`[${row}, ${column}] = ${digits}`]);
}
