import assert from 'node:assert/strict';
import fc from 'fast-check';
import { cosine, norm, part } from '../../webview/picture/at';
import { binMap, binVector } from '../../webview/picture/bins';
import { topProducts } from '../../webview/picture/ledger';
import { cellSize, isBinnedMap } from '../../webview/picture/matrix';
import { fixed, grouped, percent, powerOfTen, roundEnd } from '../../webview/picture/numbers';

describe('Numbers as they are written', () => {
  it('have a real minus, fixed decimals, no negative zero, and a dash for what is not defined', () => {
    assert.deepEqual(
      [-1.2345, 0.0004, -0.0004, Number.NaN, -Infinity].map((x) => fixed(x)),
      ['−1.234', '0.000', '0.000', '—', '−∞'],
    );
  });

  it('write probabilities with about three digits and never round one that is not 1 up to 100 %', () => {
    assert.deepEqual([0.1516, 0.0672, 0.99999, 1, 0, 0.000012, 2e-9].map(percent), [
      '15.2 %',
      '6.72 %',
      '> 99.99 %',
      '100.0 %',
      '0 %',
      '0.0012 %',
      '2.0·10⁻⁷ %',
    ]);
  });

  it('write powers of ten with superscripts and group whole numbers', () => {
    assert.equal(powerOfTen(4e-7), '4·10⁻⁷');
    assert.equal(grouped(1350400, 'ja'), '1,350,400');
    assert.equal(roundEnd(0.06), 0.1);
  });
});

describe('Bins', () => {
  it('keep the strongest number of every stretch, with its sign', () => {
    assert.deepEqual([...binVector([1, -5, 2, 0, 0, 3], 3)], [-5, 2, 3]);
    assert.deepEqual([...binVector([1, 2], 9)], [1, 2]);
  });

  it('never lose the strongest cell of a map, whatever the sizes', () => {
    const sizes = fc.record({
      rows: fc.integer({ min: 1, max: 40 }),
      places: fc.integer({ min: 1, max: 40 }),
    });
    fc.assert(
      fc.property(
        sizes,
        fc.infiniteStream(fc.float({ noNaN: true, min: -9, max: 9 })),
        ({ rows, places }, stream) => {
          const values = Float32Array.from([...stream.take(rows * rows)]);
          const map = binMap({ values, rows, columns: rows }, places);
          const largest = (xs: Float32Array): number =>
            xs.reduce((top, x) => Math.max(top, Math.abs(x)), 0);
          assert.ok(map.rows <= places || map.factor === 1);
          assert.equal(largest(map.values), largest(values));
        },
      ),
    );
  });

  it('leave a place without value only when all of its cells are masked', () => {
    const map = binMap(
      { values: new Float32Array(16).fill(1), rows: 4, columns: 4, masked: (q, k) => k > q },
      2,
    );
    assert.deepEqual([...map.values], [1, Number.NaN, 1, 1]);
  });

  it('are the same whether the mask is told by cells or by rows', () => {
    const sizes = fc.record({
      rows: fc.integer({ min: 1, max: 30 }),
      places: fc.integer({ min: 1, max: 30 }),
    });
    const byCells = (row: number, column: number): boolean => column > row;
    const byRows = Object.assign((row: number, column: number) => byCells(row, column), {
      from: (row: number) => row + 1,
    });
    fc.assert(
      fc.property(
        sizes,
        fc.infiniteStream(fc.float({ noNaN: true, min: -9, max: 9 })),
        ({ rows, places }, stream) => {
          const values = Float32Array.from([...stream.take(rows * rows)]);
          const [a, b] = [byCells, byRows].map((masked) =>
            binMap({ values, rows, columns: rows, masked }, places),
          );
          assert.deepEqual(a, b);
        },
      ),
    );
  });
});

describe('A sum written out', () => {
  it('is exact: the products shown and the others together are the dot product', () => {
    const numbers = fc.array(
      fc.tuple(
        fc.double({ min: -9, max: 9, noNaN: true }),
        fc.double({ min: -9, max: 9, noNaN: true }),
      ),
      { minLength: 1, maxLength: 64 },
    );
    fc.assert(
      fc.property(numbers, (pairs) => {
        const products = topProducts(
          pairs.map(([x]) => x),
          pairs.map(([, y]) => y),
        );
        const shown = products.top.reduce((sum, { value }) => sum + value, 0);
        // Two orders of adding at most 64 float64 numbers below 81 differ by less than 64 · 64 · 81 · 2⁻⁵³ < 1e-10.
        assert.ok(Math.abs(shown + products.others.sum - products.total) < 1e-10);
        assert.equal(products.top.length + products.others.count, pairs.length);
      }),
    );
  });

  it('begins with the largest magnitudes', () => {
    const { top } = topProducts([1, -3, 2], [1, 1, 1], 2);
    assert.deepEqual(
      top.map(({ index }) => index),
      [1, 2],
    );
  });
});

describe('Vectors', () => {
  it('are cut out of blocks by their leading axes, without a copy', () => {
    const block = { shape: [2, 3, 2], values: Float32Array.from({ length: 12 }, (_, i) => i) };
    assert.deepEqual([...part(block, 1, 2)], [10, 11]);
    assert.deepEqual([...part(block, 0)], [0, 1, 2, 3, 4, 5]);
    assert.equal(part(block, 1).buffer, block.values.buffer);
    assert.throws(() => part(block, 2), RangeError);
  });

  it('have a norm, and no cosine with a zero vector', () => {
    assert.equal(norm([3, 4]), 5);
    assert.ok(Number.isNaN(cosine([0, 0], [1, 0])));
  });
});

describe('The cells of a matrix', () => {
  it('are 13 to 40 pixels where they fit, whole pixels on a map, and share pixels only beyond that', () => {
    assert.deepEqual([cellSize(4, 640), cellSize(20, 640), cellSize(49, 640)], [40, 32, 13]);
    assert.equal(cellSize(100, 640), 6);
    assert.ok(!isBinnedMap(100, cellSize(100, 640)));
    assert.ok(isBinnedMap(1024, cellSize(1024, 640)));
  });
});
