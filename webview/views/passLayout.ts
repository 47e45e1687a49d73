/** Where things stand in the picture of the whole pass, in CSS pixels. */
import { range } from '../picture/at';
import { clamp } from '../place';
import type { Inspector } from '../view';

export interface PassLayout {
  /** The positions that have a column. */
  readonly positions: readonly number[];
  readonly gutter: number;
  readonly width: number;
  readonly height: number;
  /** Width of one column. */
  readonly column: number;
  /** Whether the labels on top stand upright, because the columns are narrow. */
  readonly upright: boolean;
  /** Height of a tile that stands for one vector. */
  readonly tile: number;
  /** Height of the lines of attention. */
  readonly attention: number;
  /** Middle of the nth column. */
  x(column: number): number;
  readonly embedTop: number;
  /** Top of a block's lines of attention. */
  blockTop(block: number): number;
  /** Top of the tiles that leave a block. */
  tileTop(block: number): number;
}

const narrowest = 15;
const mostColumns = 64;
const writeHeight = 12;
const gap = 4;
const tile = 20;
/** What stands above and below the picture: title, sentence, prediction, legend. */
const around = 250;

export function passLayout({ subject, size, place, language }: Inspector): PassLayout {
  const { length, model } = subject.value;
  const { layers } = model.config;
  const { width: room, height } = size.value;
  const gutter = room < 480 ? 64 : language === 'ja' ? 134 : 104;
  const fits = Math.max(8, Math.floor((room - gutter) / narrowest));
  const positions = windowAround(place.value.position, length, Math.min(mostColumns, fits));
  const column = (room - gutter) / positions.length;
  const upright = column < 48;
  const head = upright ? 62 : 26;
  const perBlock = (height - around - head) / Math.max(1, layers);
  const attention = clamp(perBlock - writeHeight - tile - gap, 36, 84);
  const blockHeight = attention + writeHeight + tile + gap;
  const blockTop = (block: number) => head + tile + 2 + block * blockHeight;
  return {
    positions,
    gutter,
    width: room,
    height: blockTop(layers) + 6,
    column,
    upright,
    tile,
    attention,
    x: (index) => gutter + (index + 0.5) * column,
    embedTop: head,
    blockTop,
    tileTop: (block) => blockTop(block) + attention + writeHeight,
  };
}

/** All positions, or `most` of them with the chosen one inside and as many before it as possible. */
function windowAround(position: number, length: number, most: number): readonly number[] {
  if (length <= most) return range(length);
  const start = clamp(position - most + 2, 0, length - most);
  return range(most).map((i) => start + i);
}
