/**
 * The smallest PNG of coloured bars: a palette and rows that repeat. A strip is a hundred bytes so, a tenth of the same
 * as SVG, and an editor shows a thousand of them (PNG specification, 3rd edition, sections 5 and 11).
 */
import { deflateSync } from 'node:zlib';
import type { Colour } from './strip';

/** Bars side by side, each `cellWidth` × `height` pixels; at most 256 different colours. */
export function barsPng(
  colours: readonly Colour[],
  size: { readonly cellWidth: number; readonly height: number },
): Buffer {
  const keys = [...new Set(colours.map((colour) => colour.join()))];
  const palette = keys.flatMap((key) => key.split(',').map(Number));
  const row = colours.flatMap((colour) =>
    Array<number>(size.cellWidth).fill(keys.indexOf(colour.join())),
  );
  // Each row starts with its filter: none for the first, "as above" with no difference for the others.
  const same = [2, ...row.map(() => 0)];
  const pixels = [0, ...row, ...Array.from({ length: size.height - 1 }, () => same).flat()];
  const header = Buffer.alloc(13);
  header.writeUInt32BE(row.length, 0);
  header.writeUInt32BE(size.height, 4);
  // 8 bits a pixel, colours by palette.
  header.set([8, 3, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('PLTE', Buffer.from(palette)),
    chunk('IDAT', deflateSync(Buffer.from(pixels), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** CRC-32 as in ISO 3309, bit by bit: a strip has a hundred bytes. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
