// `count` and `compare-tokenizers` of the command line, compared with `tokenize`.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { cliLines, cliTimeoutMs, runCli } from '../support/cli';

interface Row {
  readonly [name: string]: unknown;
  readonly tokens: readonly [number, number];
}

const japanese = resolve('test/fixtures/text/japanese.txt');
const code = resolve('test/fixtures/text/code.txt');
const tokenizers = ['cl100k_base', 'o200k_base'] as const;

interface Token {
  readonly start: number;
  readonly end: number;
  readonly bytes: string;
}

function tokensOf(file: string, ...options: string[]): Promise<Token[]> {
  return cliLines<Token>(['tokenize', ...options, file]);
}

describe('the command line to count', function () {
  this.timeout(cliTimeoutMs);

  it('tells the tokens of each file and their sum', async () => {
    const counts = [japanese, code].map(async (file) => (await tokensOf(file)).length);
    const [inJapanese = 0, inCode = 0] = await Promise.all(counts);
    const [first, second] = [japanese, code].map((file) => readFileSync(file).length);
    assert.deepEqual(await cliLines(['count', japanese, code]), [
      { file: japanese, tokens: inJapanese, bytes: first },
      { file: code, tokens: inCode, bytes: second },
      { files: 2, tokens: inJapanese + inCode, bytes: (first ?? 0) + (second ?? 0) },
    ]);
  });

  it('reads standard input, and with the tokenizer that is named', async () => {
    const input = readFileSync(japanese);
    const expected = (await tokensOf(japanese, '--tokenizer', 'o200k_base')).length;
    assert.deepEqual(await cliLines(['count', '--tokenizer', 'o200k_base'], { input }), [
      { file: '-', tokens: expected, bytes: input.length },
    ]);
  });

  it('refuses to read standard input twice', async () => {
    assert.equal((await runCli(['count', '-', '-'])).code, 2);
  });
});

describe('the command line to compare tokenizers', function () {
  this.timeout(cliTimeoutMs);

  it('tells lines, totals and differences as the tokens of both are', async () => {
    const both = tokenizers.flatMap((name) => ['--tokenizer', name]);
    const rows = await cliLines<Row>(['compare-tokenizers', ...both, japanese]);
    const [first, second] = await Promise.all(
      tokenizers.map((name) => tokensOf(japanese, '--tokenizer', name)),
    );
    assert.ok(first && second);
    const text = readFileSync(japanese, 'utf8');
    const lines = rows.filter((row) => 'line' in row);
    assert.equal(lines.length, text.split('\n').length);
    const sum = (side: 0 | 1) => lines.reduce((total, row) => total + row.tokens[side], 0);
    assert.deepEqual([sum(0), sum(1)], [first.length, second.length]);
    const totals = rows.find((row) => 'tokenizers' in row);
    assert.ok(totals);
    assert.deepEqual(totals.tokens, [first.length, second.length]);
    const differences = rows.filter((row) => 'start' in row);
    assert.equal(totals['differences'], differences.length);
    assert.ok(differences.length > 5);
    for (const { start, end, tokens } of differences) {
      const [from, to] = [Number(start), Number(end)];
      const inside = (all: readonly Token[]) =>
        all.filter((token) => token.start < to && token.end > from).map(({ bytes }) => bytes);
      assert.notDeepEqual(inside(first), inside(second), text.slice(from, to));
      // Tokens that share a character with a neighbouring stretch are counted in one of them.
      assert.ok(inside(first).length >= tokens[0] && inside(second).length >= tokens[1]);
    }
    // Outside of the differences both cut alike.
    const outside = (all: readonly Token[]) =>
      all.filter(
        (token) =>
          !differences.some(
            ({ start, end }) => token.start < Number(end) && token.end > Number(start),
          ),
      );
    assert.deepEqual(
      outside(first).map(({ start, end, bytes }) => [start, end, bytes]),
      outside(second).map(({ start, end, bytes }) => [start, end, bytes]),
    );
  });

  it('finds nothing between a tokenizer and itself, and wants two', async () => {
    const same = ['compare-tokenizers', '--tokenizer', 'model', '--tokenizer', 'model', code];
    const rows = await cliLines<Row>(same);
    assert.equal(rows.at(-1)?.['differences'], 0);
    assert.equal((await runCli(['compare-tokenizers', '--tokenizer', 'gpt2', code])).code, 2);
    const empty = await cliLines<Row>([...same.slice(0, -1), '-']);
    assert.deepEqual(empty.at(-1)?.tokens, [0, 0]);
  });
});
