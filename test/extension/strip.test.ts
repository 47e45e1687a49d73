// Strips: cells are the values, zero is neutral, signs differ, magnitude orders.
import assert from 'node:assert/strict';
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
    const svg = Buffer.from(uri.split(',')[1] ?? '', 'base64').toString();
    const fills = [...svg.matchAll(/x="(\d+)"[^/]*fill="(#[0-9a-f]{6})"/g)].map((m) => m.slice(1));
    assert.deepEqual(fills, [
      ['0', '#ff9149'],
      ['2', '#4a9df8'],
      ['4', '#2a2a2a'],
      ['6', '#ff9149'],
    ]);
  });

  it('sets the scale below the few largest magnitudes', () => {
    const values = Float32Array.from({ length: 1_000 }, (_, n) => (n === 999 ? 100 : -n / 1_000));
    const end = scaleEnd(values);
    assert.ok(end > 0.97 && end < 0.99, String(end));
    assert.equal(scaleEnd(new Float32Array(8)), 1);
  });
});
