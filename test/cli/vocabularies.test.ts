// `tokens` and `surprisal` of the command line, against the vocabulary's own files and against `evaluate`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cliLines, cliTimeoutMs, runCli } from '../support/cli';

interface Entry {
  readonly id: number;
  readonly text: string | null;
  readonly bytes: string;
  readonly reach: string;
  readonly script: string;
  readonly rank?: number;
  readonly parts?: readonly [number, number];
}

interface Scored {
  readonly id: number;
  readonly bits: number | null;
  readonly rank: number | null;
}

interface Summary {
  readonly tokens: number;
  readonly scored: number;
  readonly bits: number;
  readonly bitsPerToken: number;
  readonly bitsPerByte: number;
  readonly perplexity: number;
}

const model = JSON.parse(readFileSync('media/models/builtin/tokenizer.json', 'utf8')) as {
  readonly model: {
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (readonly [string, string])[];
  };
};

describe('the command line to look at a vocabulary', function () {
  this.timeout(cliTimeoutMs);

  it('tells of each merged entry the merge that the file has', async () => {
    const entries = await cliLines<Entry>(['tokens']);
    assert.equal(entries.length, Object.keys(model.model.vocab).length);
    const merged = entries.filter(({ rank }) => rank !== undefined);
    assert.ok(merged.length > 3000, `${merged.length} merged entries`);
    for (const { id, rank, parts } of merged) {
      const [left = '', right = ''] = model.model.merges[rank ?? -1] ?? [];
      const { vocab } = model.model;
      assert.deepEqual([parts, id], [[vocab[left], vocab[right]], vocab[left + right]]);
    }
  });

  it('finds by text, bytes, id and expression, together', async () => {
    const [girl] = await cliLines<Entry>(['tokens', '--expression', '/^ GIRL$/i']);
    assert.equal(girl?.text, ' girl');
    assert.equal(girl.script, 'Latn');
    assert.deepEqual(await cliLines(['tokens', '--id', String(girl.id)]), [girl]);
    const holding = await cliLines<Entry>(['tokens', '--text', 'girl', '--bytes', '20 67']);
    assert.deepEqual(
      holding.filter(({ text }) => text?.includes(' girl') !== true),
      [],
    );
    assert.ok(holding.some(({ id }) => id === girl.id));
  });

  it('finds by the way that entries come about', async () => {
    const marks = await cliLines<Entry>(['tokens', '--reach', 'mark']);
    assert.deepEqual(
      marks.map(({ text }) => text),
      ['<|endoftext|>'],
    );
    const starts = await cliLines<Entry>(['tokens', '--reach', 'start']);
    assert.equal(starts.length, 256);
  });

  it('refuses what is no id, no bytes, no expression and no way', async () => {
    for (const args of [
      ['--id', 'four'],
      ['--bytes', 'E'],
      ['--expression', '('],
    ]) {
      assert.equal((await runCli(['tokens', ...args])).code, 1, args.join(' '));
    }
    assert.equal((await runCli(['tokens', '--reach', 'soon'])).code, 2);
  });
});

describe('the command line to measure surprisal', function () {
  this.timeout(cliTimeoutMs);
  const text = 'Once upon a time there was a little girl';

  it('tells bits of every token but the first, and sums them up', async () => {
    const lines = await cliLines<Scored | Summary>(['surprisal', '--text', text]);
    const tokens = lines.slice(0, -1) as Scored[];
    const summary = lines.at(-1) as Summary;
    assert.equal(tokens[0]?.bits, null);
    const bits = tokens.slice(1).map((token) => token.bits ?? NaN);
    const sum = bits.reduce((total, one) => total + one, 0);
    assert.equal(summary.tokens, tokens.length);
    assert.equal(summary.scored, bits.length);
    // The same float32 numbers, added in the same order.
    assert.equal(summary.bits, sum);
    assert.equal(summary.bitsPerToken, sum / bits.length);
    assert.equal(summary.perplexity, 2 ** (sum / bits.length));
    // Whatever is the likeliest has at least the share of one of all entries.
    for (const token of tokens.slice(1)) {
      if (token.rank === 1) assert.ok((token.bits ?? NaN) <= Math.log2(4097));
    }
  });

  it('agrees with what evaluate measures of a text of one window', async () => {
    const file = resolve('test/fixtures/text/english.txt');
    const [measured] = await cliLines<{ natsPerToken: number; tokens: number }>([
      'evaluate',
      '--bytes',
      '300',
      file,
    ]);
    const input = readFileSync(file).subarray(0, 300);
    const [summary] = await cliLines<Summary>(['surprisal', '--summary'], { input });
    assert.equal(summary?.scored, measured?.tokens);
    // Two programs on float32: a forward pass for training, and one for looking.
    const difference = (summary?.bitsPerToken ?? NaN) * Math.LN2 - (measured?.natsPerToken ?? NaN);
    assert.ok(Math.abs(difference) < 1e-4, String(difference));
  });

  it('refuses no text, and a text that is given twice', async () => {
    assert.equal((await runCli(['surprisal', '--text', ''])).code, 1);
    assert.equal((await runCli(['surprisal', '--text', 'a', 'b.txt'])).code, 2);
  });
});
