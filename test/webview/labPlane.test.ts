/** The embedding map: two channels are drawn as they are, more along the directions in which they spread most. */
import assert from 'node:assert/strict';
import { flattened, planeOf } from '../../webview/lab/training/flatten';
import { fitting } from '../../webview/lab/model/fitting';

const block = (rows: readonly (readonly number[])[]) => ({
  shape: [rows.length, rows[0]?.length ?? 0],
  values: Float32Array.from(rows.flat()),
});

/** Five points that spread by 3, 1 and 0.1 along axes that are turned. */
const rows = [-2, -1, 0, 1, 2].map((s, n) => {
  const [long, middle, short] = [3 * s, [1, -2, 2, -2, 1][n] ?? 0, n % 2 ? 0.1 : -0.1];
  return [0.6 * long - 0.8 * middle, 0.8 * long + 0.6 * middle, short];
});

/** Float32 inputs: distances agree to their precision. */
const tolerance = 1e-5;

describe('The embedding map', () => {
  it('draws two channels as they are', () => {
    const letters = block([
      [1, 2],
      [3, -4],
    ]);
    assert.deepEqual([...flattened(letters, planeOf(letters, undefined))], [1, 2, 3, -4]);
  });

  it('keeps the distances that lie in the two directions of most variance', () => {
    const points = block(rows);
    const plane = planeOf(points, undefined);
    const flat = flattened(points, plane);
    rows.forEach(([x = 0, y = 0], n) => {
      const drawn = Math.hypot(flat[2 * n] ?? 0, flat[2 * n + 1] ?? 0);
      // The third channel is all but left out; the points are centred but for its mean.
      const real = Math.hypot(x, y);
      assert.ok(Math.abs(drawn - real) < 0.02, `point ${n}: drawn ${drawn}, real ${real}`);
    });
    assert.ok(plane.share > 0.99 && plane.share < 1, `share ${plane.share}`);
  });

  it('does not flip when the same points come again mirrored', () => {
    const points = block(rows);
    const first = planeOf(points, undefined);
    const turned = { ...first, directions: first.directions && mirrored(first.directions) };
    const again = planeOf(points, turned);
    const [a, b] = [flattened(points, turned), flattened(points, again)];
    const worst = Math.max(...a.map((x, i) => Math.abs(x - (b[i] ?? 0))));
    assert.ok(worst < tolerance, `differs by ${worst}`);
  });
});

describe('Widths that a number of heads divides', () => {
  it('are the nearest below and above, at least one channel a head', () => {
    assert.deepEqual(fitting(10, 4), [8, 12]);
    assert.deepEqual(fitting(12, 4), [12, 12]);
    assert.deepEqual(fitting(2, 4), [4, 4]);
  });
});

function mirrored([x, y]: readonly [Float64Array, Float64Array]): [Float64Array, Float64Array] {
  return [x.map((v) => -v), y.map((v) => -v)];
}
