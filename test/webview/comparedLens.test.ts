/** The lens of two runs beside each other: the chances of one token, state by state, are the engine's. */
import assert from 'node:assert/strict';
import type { ComparedWith } from '../../src/protocol/comparison';
import { percent } from '../../webview/picture/numbers';
import { builtinEngine } from '../support/builtinEngine';
import { inspectorsFor } from './page';

const text = 'Once upon a time there was a little girl';
const otherText = 'Once upon a time there was a big old girl';
const compare: ComparedWith = { kind: 'text', text: otherText, name: undefined };

describe('The lens of a comparison', function () {
  const inspectors = inspectorsFor(this);

  it('follows the token that A ends with through the states of both runs', async () => {
    const place = { step: 'repeat', block: 1, token: 3 } as const;
    const { page, errors } = await inspectors.open({ text, compare, place });
    await page.waitForSelector('.lenses [data-chance="moved"]');
    const shown = await page.$$eval('.lenses tbody tr', (rows) =>
      rows.map((row) =>
        [...row.querySelectorAll('[data-chance]')].map((cell) => cell.textContent.trim()),
      ),
    );
    const engine = await builtinEngine();
    // Both texts begin alike: the tokens of position 3 are a pair.
    const lensOf = async (of: string, watch?: number) => {
      const { run: id } = await engine.run({ ids: (await engine.tokenize({ text: of })).ids });
      return engine.lens({ run: id, top: 1, ...(watch !== undefined && { watch }) });
    };
    const plain = await lensOf(text);
    const final = plain.ids[(plain.shape[0] - 1) * plain.shape[1] + 3] ?? -1;
    const [a, b] = [await lensOf(text, final), await lensOf(otherText, final)];
    assert.equal(shown.length, a.shape[0]);
    shown.forEach(([was = '', is = '', moved = ''], layer) => {
      const p = 100 * (a.watchedProbability[layer * a.shape[1] + 3] ?? NaN);
      const q = 100 * (b.watchedProbability[layer * b.shape[1] + 3] ?? NaN);
      assert.equal(was, percent(a.watchedProbability[layer * a.shape[1] + 3] ?? NaN));
      assert.equal(is, percent(b.watchedProbability[layer * b.shape[1] + 3] ?? NaN));
      // Two decimals are shown.
      const told = Number(moved.replace('−', '-'));
      assert.ok(Math.abs(told - (q - p)) <= 0.00501, `${moved} in ${String(layer)}`);
    });
    await engine.dispose();
    assert.deepEqual(errors, []);
  });
});
