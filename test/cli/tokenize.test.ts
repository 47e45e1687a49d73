// `tokenize` of the command line.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cliLines, cliTimeoutMs, runCli } from '../support/cli';
import { rustIds } from '../support/tokenizers';

interface TokenLine {
  readonly index: number;
  readonly id: number;
  readonly bytes: string;
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly part: number;
  readonly parts: number;
}

describe('the command line to tokenize', function () {
  this.timeout(cliTimeoutMs);
  it('writes the tokens of standard input, fields in their order', async () => {
    const text = 'Say 𠮷野家 🧑‍🍳\r\n\ufeff it\'s "x"\0.';
    const tokens = await cliLines<TokenLine>(['tokenize', '-'], { input: text });
    assert.deepEqual(
      tokens.map(({ id }) => id),
      await rustIds()(text),
    );
    for (const [index, token] of tokens.entries()) {
      assert.deepEqual(Object.keys(token), [
        'index',
        'id',
        'bytes',
        'text',
        'start',
        'end',
        'part',
        'parts',
      ]);
      assert.equal(token.index, index);
      assert.equal(token.text, text.slice(token.start, token.end));
      assert.ok(token.part >= 1 && token.part <= token.parts);
    }
    const bytes = tokens.map((token) => token.bytes).join('');
    assert.equal(bytes, Buffer.from(text).toString('hex'));
  });

  it('reads a file the same', async () => {
    const sample = join(process.cwd(), 'test/fixtures/text/japanese.txt');
    const [fromFile, fromInput] = await Promise.all([
      runCli(['tokenize', sample]),
      runCli(['tokenize'], { input: readFileSync(sample) }),
    ]);
    assert.equal(fromFile.code, 0, fromFile.error);
    assert.equal(fromFile.out, fromInput.out);
  });

  it('writes nothing for an empty text', async () => {
    assert.deepEqual(await runCli(['tokenize']), { code: 0, out: '', error: '' });
  });

  it('refuses what is no UTF-8, for its tokens would be those of another text', async () => {
    const { code, out, error } = await runCli(['tokenize'], {
      input: Uint8Array.of(0x61, 0xff, 0x62),
    });
    assert.equal(code, 1);
    assert.equal(out, '');
    assert.match(error, /UTF-8/);
  });
});
