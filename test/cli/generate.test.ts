// `generate` of the command line.
import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliLines, cliTimeoutMs, oracleFolder, runCli, workFolder } from '../support/cli';
import { deviceCases } from '../support/devices';
import { readOracle } from '../support/oracle';

type GeneratedLine = {
  readonly id: number;
  readonly rank: number;
  readonly draw: number | null;
  readonly text: string | null;
  readonly probability: number;
} & { readonly stopped?: string };

describe('the command line to generate', function () {
  this.timeout(cliTimeoutMs);
  for (const { device } of deviceCases) {
    it(`continues the oracle's text greedily as the oracle does on ${device}`, async () => {
      const name = 'tiny-tied';
      const { rows, greedy } = readOracle(name);
      const [row] = rows;
      assert.ok(row !== undefined);
      const prompt = Array.from(greedy).slice(0, row.ids.length >> 1);
      assert.deepEqual(prompt, Array.from(row.ids).slice(0, prompt.length));
      const expected = Array.from(greedy).slice(prompt.length);
      assert.ok(expected.length > 0);
      const tokens = await cliLines<GeneratedLine>([
        'generate',
        ...['--model', oracleFolder(name), '--ids', prompt.join(','), '--device', device],
        ...['--max-tokens', String(expected.length)],
      ]);
      assert.deepEqual(tokens.pop(), { stopped: 'length' });
      assert.deepEqual(
        tokens.map(({ id }) => id),
        expected,
      );
      for (const token of tokens) {
        assert.deepEqual(Object.keys(token), ['id', 'text', 'probability', 'rank', 'draw']);
        assert.deepEqual([token.text, token.rank, token.draw], [null, 1, null]);
      }
    });
  }

  it('takes a prompt that begins with a hyphen', async () => {
    const args = ['generate', '--prompt', '--temperature', '--max-tokens', '1'];
    const tokens = await cliLines<GeneratedLine>(args);
    assert.equal(tokens.length, 2);
  });

  it('draws the same with the same seed, and tells the draw', async () => {
    const args = ['generate', '--prompt', 'Once upon', '--temperature', '0.9', '--max-tokens', '6'];
    const [first, again, other] = await Promise.all(
      ['5', '5', '6'].map((seed) => cliLines<GeneratedLine>([...args, '--seed', seed])),
    );
    assert.deepEqual(first, again);
    assert.notDeepEqual(first, other);
    for (const { draw, probability } of (first ?? []).slice(0, -1)) {
      assert.ok(draw !== null && draw >= 0 && draw < 1);
      assert.ok(probability > 0 && probability <= 1);
    }
  });

  it('stops at a stop string, and says so', async () => {
    const free = await cliLines<GeneratedLine>([
      'generate',
      '--prompt',
      'The cat',
      '--max-tokens',
      '12',
    ]);
    const text = free
      .slice(0, -1)
      .map((token) => token.text)
      .join('');
    const stop = text.trim().slice(3, 9);
    const stopped = await cliLines<GeneratedLine>([
      'generate',
      '--prompt',
      'The cat',
      '--stop',
      stop,
    ]);
    assert.deepEqual(stopped.at(-1), { stopped: 'stop' });
    const until = stopped
      .slice(0, -1)
      .map((token) => token.text)
      .join('');
    assert.ok(until.includes(stop));
    assert.ok(text.startsWith(until));
  });

  it('needs no tokenizer for ids, also beside one that cannot be used', async () => {
    const model = join(workFolder(), 'odd-tokenizer');
    mkdirSync(model);
    for (const file of ['config.json', 'model.safetensors']) {
      writeFileSync(join(model, file), readFileSync(join(oracleFolder('tiny-tied'), file)));
    }
    writeFileSync(join(model, 'tokenizer.json'), '{"model":{"type":"Unigram"}}');
    const args = ['generate', '--model', model, '--max-tokens', '1'];
    const { code, out, error } = await runCli([...args, '--ids', '1,2']);
    assert.equal(code, 0);
    assert.match(out, /"text":null/);
    assert.match(error, /tokenizer\.json.*model\.vocab/);
    const text = await runCli([...args, '--prompt', 'x']);
    assert.equal(text.code, 1);
  });
});
