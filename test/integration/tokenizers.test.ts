// Tokens by a tokenizer that is not the model's: the hover over each says what the command line says of the same text.
import assert from 'node:assert/strict';
import { writeFileSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import {
  cli,
  closeAll,
  extensionId,
  hoverAt,
  openText,
  run,
  select,
  until,
  withSetting,
} from './editorSupport';
import type { CliToken } from './editorSupport';

const text = 'Once upon a time 昔々 <|endoftext|> 🧑‍🚀';
const builtin = join(
  vscode.extensions.getExtension(extensionId)?.extensionPath ?? '',
  'media/models/builtin/tokenizer.json',
);

describe('the chosen tokenizer', () => {
  before(() => run('showTokens'));
  after(async () => {
    await run('showTokens');
    await run('chooseTokenizer', 'model');
  });
  afterEach(closeAll);

  for (const name of ['o200k_base', 'cl100k_base', builtin]) {
    it(`shows the tokens of ${name.slice(-20)}`, async () => {
      await run('chooseTokenizer', name);
      const editor = await openText(text);
      for (const token of cli<CliToken>(['tokenize', '--tokenizer', name, '-'], text)) {
        const card = await until(
          () => hoverAt(editor, token.start),
          (seen) => seen.includes(`**id ${token.id}**`),
        );
        assert.ok(card.includes(`position ${token.index}`), card);
        assert.ok(!card.includes('norm'), 'says of a foreign token what only the model knows');
      }
    });
  }

  it('tells the merges that made a token', async () => {
    await run('chooseTokenizer', 'gpt2');
    const editor = await openText('a little girl');
    const card = await until(
      () => hoverAt(editor, 4),
      (seen) => seen.includes('**id '),
    );
    assert.match(card, /Merges that made it: [56]/);
    assert.match(card, /rank \d+/);
  });

  it('takes marks for text where it is told to', async () => {
    await run('chooseTokenizer', 'cl100k_base');
    await withSetting('specialTokens', 'as-text', async () => {
      const args = ['tokenize', '--tokenizer', 'cl100k_base', '--special-tokens', 'as-text', '-'];
      const mark = text.indexOf('<|');
      const token = cli<CliToken>(args, text).find(({ start, end }) => start <= mark && mark < end);
      assert.ok(token && token.end - token.start < 5);
      const editor = await openText(text);
      await until(
        () => hoverAt(editor, mark),
        (seen) => seen.includes(`**id ${token.id}**`),
      );
    });
  });

  it('is the one that the settings name for the kind of file, unless another is chosen', async () => {
    await run('chooseTokenizer', 'model');
    await vscode.commands.executeCommand('tokenscope.chooseTokenizer', 'gpt2');
    const [ofGpt2] = cli<CliToken>(['tokenize', '--tokenizer', 'gpt2', '-'], '深い');
    const editor = await openText('深い', 'markdown');
    await withSetting('tokenizers', { markdown: 'o200k_base' }, async () => {
      await until(
        () => hoverAt(editor, 0),
        (seen) => seen.includes(`**id ${ofGpt2?.id}**`),
      );
    });
  });

  it('is refused in one sentence when its file is broken, and the one before stays', async () => {
    await run('chooseTokenizer', 'gpt2');
    const file = join(mkdtempSync(join(tmpdir(), 'tokenscope-')), 'tokenizer.json');
    writeFileSync(file, '{"model": ');
    // The command tells the person and settles.
    await run('chooseTokenizer', file);
    const editor = await openText('hello');
    select(editor, [0, 5]);
    const [token] = cli<CliToken>(['tokenize', '--tokenizer', 'gpt2', '-'], 'hello');
    await until(
      () => hoverAt(editor, 0),
      (seen) => seen.includes(`**id ${token?.id}**`),
    );
  });
});
