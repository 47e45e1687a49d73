// `tokenize` of the command line with another tokenizer than a model's.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { get_encoding } from 'tiktoken';
import { cliLines, cliTimeoutMs, runCli, workFolder } from '../support/cli';
import { bert, unknown } from '../support/pipelineCases';
import { rustIds } from '../support/tokenizers';
import { trainedJson } from '../support/trainedTokenizers';

const builtin = join(process.cwd(), 'media/models/builtin');

interface TokenLine {
  readonly id: number;
  readonly bytes: string;
}

describe('the command line to tokenize with a tokenizer', function () {
  this.timeout(cliTimeoutMs);
  const text = "Don't 数える <|endoftext|> 👨‍👩‍👧\ufeff";

  it('makes the ids of a built-in encoding', async () => {
    const encoding = get_encoding('o200k_base');
    try {
      const tokens = await cliLines<TokenLine>(['tokenize', '--tokenizer', 'o200k_base'], {
        input: text,
      });
      assert.deepEqual(
        tokens.map(({ id }) => id),
        Array.from(encoding.encode(text, 'all')),
      );
      assert.equal(tokens.map(({ bytes }) => bytes).join(''), Buffer.from(text).toString('hex'));
    } finally {
      encoding.free();
    }
  });

  it('takes special tokens for text where it is told to', async () => {
    const marked = ['tokenize', '--tokenizer', 'gpt2'];
    const input = '<|endoftext|>';
    const recognised = await cliLines<TokenLine>(marked, { input });
    const asText = await cliLines<TokenLine>([...marked, '--special-tokens', 'as-text'], { input });
    assert.deepEqual(
      recognised.map(({ id }) => id),
      [50256],
    );
    assert.ok(asText.length > 1);
  });

  it('reads a tokenizer.json, and the folder it lies in', async () => {
    const [model, file, folder] = await Promise.all(
      [
        ['--model', builtin],
        ['--tokenizer', join(builtin, 'tokenizer.json')],
        ['--tokenizer', builtin],
      ].map((options) => runCli(['tokenize', ...options], { input: text })),
    );
    assert.equal(model?.code, 0, model?.error);
    assert.ok(model.out.length > 100);
    assert.deepEqual(file, model);
    assert.deepEqual(folder, model);
  });

  it('tells the bytes of the text that tokens come from where the tokenizer changed it', async () => {
    const json = trainedJson('WordPiece', bert, unknown);
    const file = join(workFolder(), 'bert.json');
    writeFileSync(file, JSON.stringify(json));
    const input = 'Él  Tax,\u0000';
    const tokens = await cliLines<TokenLine>(['tokenize', '--tokenizer', file], { input });
    assert.deepEqual(
      tokens.map(({ id }) => id),
      await rustIds(json)(input),
    );
    assert.equal(
      tokens.map(({ bytes }) => Buffer.from(bytes, 'hex').toString()).join(''),
      'ÉlTax,',
    );
  });

  it('tells how each piece became tokens: merges, or the search', async () => {
    interface PieceLine {
      readonly text: string;
      readonly ids: readonly number[];
      readonly merges: readonly { readonly rank: number }[];
      readonly search?: { readonly kind: string };
    }
    const input = 'Once upon a time there was '.repeat(400);
    const merged = await cliLines<PieceLine>(['tokenize', '--merges'], { input });
    const ids = await cliLines<TokenLine>(['tokenize'], { input });
    assert.equal(merged.map((piece) => piece.text).join(''), input);
    assert.deepEqual(
      merged.flatMap((piece) => piece.ids),
      ids.map(({ id }) => id),
    );
    assert.ok(merged.every(({ merges, search }) => merges.length > 0 || search === undefined));
    const file = join(workFolder(), 'pieces.json');
    writeFileSync(file, JSON.stringify(trainedJson('WordPiece', bert, unknown)));
    const [word] = await cliLines<PieceLine>(['tokenize', '--merges', '--tokenizer', file], {
      input: 'there',
    });
    assert.equal(word?.search?.kind, 'longestMatch');
  });

  it('refuses what is not UTF-8 by name, and takes a NUL for the character it is', async () => {
    const file = join(workFolder(), 'other.txt');
    for (const bytes of [
      Buffer.from('\ufeffcat', 'utf16le'),
      Buffer.from('caf\u00e9', 'latin1'),
      Buffer.from([0x94, 0x4c, 0x82, 0xcd]),
      Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0xff]),
    ]) {
      writeFileSync(file, bytes);
      for (const command of ['tokenize', 'count']) {
        const { code, out, error } = await runCli([command, '--tokenizer', 'gpt2', file]);
        assert.equal(code, 1, error);
        assert.equal(out, '');
        assert.match(error, /other\.txt.*UTF-8/);
      }
    }
    const tokens = await cliLines<TokenLine>(['tokenize'], { input: 'a\0b' });
    assert.equal(tokens.map(({ bytes }) => bytes).join(''), '610062');
  });

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [['--tokenizer', 'gpt9'], /gpt9.*o200k_harmony/],
    [['--tokenizer', 'gpt2', '--model', builtin], /--model/],
    [['--tokenizer', 'gpt2', '--special-tokens', 'maybe'], /maybe/],
    [['--special-tokens', 'as-text'], /--tokenizer/],
  ];
  for (const [options, sentence] of wrong) {
    it(`refuses ${options.slice(0, 3).join(' ')} in one sentence`, async () => {
      const { code, out, error } = await runCli(['tokenize', ...options]);
      assert.equal(code, 2, error);
      assert.equal(out, '');
      assert.match(error, sentence);
    });
  }

  it('names the encodings in its help, in both languages', async () => {
    for (const language of ['C', 'ja_JP.UTF-8']) {
      const { out } = await runCli(['tokenize', '--help'], { language });
      assert.match(out, /--tokenizer.*\n.*cl100k_base/);
    }
  });
});
