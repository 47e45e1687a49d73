// Surprisal of texts longer than the context: each token given the window it is scored in, wherever the asking begins.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { readValidation } from '../../src/engine/files/validation';
import { textSurprisals } from '../../src/engine/tracing/textSurprisals';
import { nodeModelFiles } from '../../src/worker/nodeFiles';
import { assertClose } from '../support/closeness';
import { rejectsWith } from '../support/failing';
import { smallConfig } from '../support/models';
import { seeded, wholes } from '../support/random';
import { openTraced, pace, reference } from '../support/traced';

const ids = wholes(seeded(8), 61, smallConfig.vocabulary);
const work = () => ({ pace: pace(), onProgress: undefined });

describe('surprisals of a text', () => {
  it('are those of a run over just the tokens each one is said to have seen', async () => {
    const model = await openTraced(reference(), smallConfig);
    const told = await textSurprisals(model.decoder, { ids, from: 0 }, work());
    assert.ok(Number.isNaN(told.bits[0]));
    assert.equal(told.ranks[0], 0);
    for (let index = 1; index < ids.length; index++) {
      const context = told.contexts[index] ?? 0;
      assert.ok(context >= Math.min(index, smallConfig.context / 2), `${index} sees ${context}`);
      const run = await model.runs.start({ ids: ids.slice(index - context, index + 1) }, pace());
      const what = `token ${index}`;
      // The same sums in float64; hidden states pass through float32.
      const close = { tolerance: 1e-6, what };
      assertClose([told.bits[index] ?? 0], [run.surprisalBits[context] ?? 0], close);
      assert.equal(told.ranks[index], run.ranks[context], what);
    }
    model.dispose();
  });

  it('are the same wherever the asking begins', async () => {
    const model = await openTraced(reference(), smallConfig);
    const all = await textSurprisals(model.decoder, { ids, from: 0 }, work());
    for (const from of [1, 7, 16, 30, 60, 61]) {
      const part = await textSurprisals(model.decoder, { ids, from }, work());
      assert.deepEqual(part.bits, all.bits.slice(from), `from ${from}`);
      assert.deepEqual(part.ranks, all.ranks.slice(from), `from ${from}`);
      assert.deepEqual(part.contexts, all.contexts.slice(from), `from ${from}`);
    }
    model.dispose();
  });

  it('tell progress up to the end, and refuse what is no place in the text', async () => {
    const model = await openTraced(reference(), smallConfig);
    const seen: number[] = [];
    const onProgress = ({ done, total }: { done: number; total: number }): void => {
      assert.equal(total, ids.length);
      seen.push(done);
    };
    await textSurprisals(model.decoder, { ids, from: 0 }, { pace: pace(), onProgress });
    assert.ok(seen.length > 3 && seen.every((done, n) => done > (seen[n - 1] ?? 0)));
    assert.equal(seen.at(-1), ids.length);
    await rejectsWith('setting-invalid', textSurprisals(model.decoder, { ids, from: 62 }, work()));
    const none = { ids: new Int32Array(), from: 0 };
    await rejectsWith('text-empty', textSurprisals(model.decoder, none, work()));
    model.dispose();
  });
});

describe('the figures a model folder states', () => {
  it('are, for the built-in model, those its description gives as measured', async () => {
    const figures = await readValidation(await nodeModelFiles('media/models/builtin'));
    const described = readFileSync('media/models/builtin/MODEL.md', 'utf8');
    const [, table = ''] = described.split('## How good it is');
    assert.equal(figures.length, 3);
    for (const { name, bitsPerByte } of figures) {
      const row = table
        .split('\n')
        .find((line) => line.replaceAll('`', '').startsWith(`| ${name}`));
      assert.equal(Number(row?.split('|')[2]), bitsPerByte, name);
    }
  });

  it('are none where a folder states none', async () => {
    assert.deepEqual(await readValidation(await nodeModelFiles('test/fixtures/text')), []);
  });
});
