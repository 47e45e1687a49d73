// Strips: cells are the values, zero is neutral, signs differ, magnitude orders.
import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { cellColour, scaleEnd, stripStyles, stripUri } from '../../src/extension/editor/strip';

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((channel, index) => channel - (b[index] ?? 0)));
}

describe('strip', () => {
  for (const [theme, style] of Object.entries(stripStyles)) {
    it(`draws zero neutral, the ends in full colour and more magnitude further from neutral (${theme})`, () => {
      assert.deepEqual(cellColour(0, style), style.zero);
      assert.deepEqual(cellColour(1, style), style.positive);
      assert.deepEqual(cellColour(-1, style), style.negative);
      assert.deepEqual(cellColour(7, style), style.positive);
      for (const sign of [1, -1]) {
        const distances = [0.1, 0.3, 0.5, 0.7, 0.9].map((share) =>
          distance(cellColour(sign * share, style), style.zero),
        );
        assert.deepEqual(
          distances,
          distances.toSorted((a, b) => a - b),
        );
      }
    });
  }

  it('has a cell of the right colour for each value', () => {
    const values = Float32Array.of(0.5, -0.5, 0, 2);
    const uri = stripUri(values, { end: 0.5, theme: 'dark' }, { cellWidth: 2, height: 6 });
    assert.deepEqual(pixelsOf(Buffer.from(uri.split(',')[1] ?? '', 'base64')), {
      width: 8,
      height: 6,
      colours: [
        '#ff9149',
        '#ff9149',
        '#4a9df8',
        '#4a9df8',
        '#2a2a2a',
        '#2a2a2a',
        '#ff9149',
        '#ff9149',
      ],
    });
  });

  it('sets the scale below the few largest magnitudes', () => {
    const values = Float32Array.from({ length: 1_000 }, (_, n) => (n === 999 ? 100 : -n / 1_000));
    const end = scaleEnd(values);
    assert.ok(end > 0.97 && end < 0.99, String(end));
    assert.equal(scaleEnd(new Float32Array(8)), 1);
  });
});

/** Reads a PNG of equal rows back: its size, and the colours of a row. */
function pixelsOf(png: Buffer): { width: number; height: number; colours: string[] } {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at)) {
    const length = png.readUInt32BE(at);
    const type = png.toString('latin1', at + 4, at + 8);
    chunks.set(type, png.subarray(at + 8, at + 8 + length));
  }
  const header = chunks.get('IHDR') ?? Buffer.alloc(0);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const palette = chunks.get('PLTE') ?? Buffer.alloc(0);
  const rows = inflateSync(chunks.get('IDAT') ?? Buffer.alloc(0));
  assert.equal(rows.length, (width + 1) * height);
  const colours = [...rows.subarray(1, width + 1)].map(
    (index) => `#${palette.subarray(index * 3, index * 3 + 3).toString('hex')}`,
  );
  for (let row = 1; row < height; row++) {
    const bytes = [...rows.subarray(row * (width + 1), (row + 1) * (width + 1))];
    assert.deepEqual(bytes, [2, ...Array<number>(width).fill(0)]);
  }
  return { width, height, colours };
}
