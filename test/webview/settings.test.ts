/** What a person types into the sampling fields. */
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { numberIn, readStops, writeStops } from '../../webview/settings';

describe('A number field', () => {
  const temperature = { from: 0, to: 10 };

  it('understands a decimal comma and spaces around', () => {
    assert.equal(numberIn(' 0,8 ', temperature), 0.8);
  });

  it('refuses what is empty, no number, out of range or not whole', () => {
    for (const typed of ['', ' ', 'warm', '-1', '10.1', 'NaN', 'Infinity'])
      assert.equal(numberIn(typed, temperature), undefined, typed);
    assert.equal(numberIn('1.5', { from: 0, to: 9, whole: true }), undefined);
    assert.equal(numberIn('9', { from: 0, to: 9, whole: true }), 9);
  });
});

describe('Stop strings', () => {
  it('are written on one line and read back as they were, whatever they hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: 'binary' })), (stops) => {
        const line = writeStops(stops);
        assert.ok(!/[\n\r\t]/.test(line), line);
        assert.deepEqual(readStops(line), stops);
      }),
    );
  });

  it('are separated by any number of spaces', () => {
    assert.deepEqual(readStops('  end   \\n\\n a\\sb '), ['end', '\n\n', 'a b']);
  });
});
