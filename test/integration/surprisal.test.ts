// The surprisal layer in a window: what it says on hover and where its commands go, compared with a pass of the model.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TokenscopeApi } from '../../src/extension/api/tokenscopeApi';
import {
  cli,
  closeAll,
  extensionId,
  openText,
  run,
  select,
  until,
  withSetting,
} from './editorSupport';
import type { CliToken } from './editorSupport';

const text = 'Once upon a time there was a little zygote, and the girl went to the xylophone.';

async function bitsOf(content: string): Promise<{ start: number; end: number; bits: number }[]> {
  const extension = vscode.extensions.getExtension<TokenscopeApi>(extensionId);
  const api = await extension?.activate();
  assert.ok(api);
  const { starts, ends } = await api.tokenize(content);
  const { surprisalBits } = await api.trace(content);
  return Array.from(surprisalBits, (bits, n) => ({
    start: starts[n] ?? 0,
    end: ends[n] ?? 0,
    bits,
  }));
}

async function hovers(editor: vscode.TextEditor, offset: number): Promise<string> {
  const found = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    editor.document.uri,
    editor.document.positionAt(offset),
  );
  return found
    .flatMap(({ contents }) => contents.map((content) => (content as vscode.MarkdownString).value))
    .join('\n');
}

describe('the surprisal layer', () => {
  before(() => run('showSurprisal'));
  after(() => run('showSurprisal'));
  afterEach(closeAll);

  it('tells on hover the bits that a pass of the model tells', async () => {
    const editor = await openText(text);
    for (const { start, bits } of (await bitsOf(text)).slice(1, 12)) {
      // Markdown's marks are escaped in the hover.
      const said = (await hovers(editor, start)).replaceAll('\\', '').replaceAll('&nbsp;', ' ');
      assert.ok(said.includes(`${bits.toFixed(1)} bits of surprisal`), `${bits} in ${said}`);
    }
  });

  it('goes to the next and the previous token of 9 bits and more, and no further than there are', async () => {
    const editor = await openText(text);
    const surprises = (await bitsOf(text)).filter(({ bits }) => bits >= 9);
    assert.ok(surprises.length >= 2, 'the text has two surprises');
    select(editor, [0, 0]);
    const here = (): [number, number] => [
      editor.document.offsetAt(editor.selection.start),
      editor.document.offsetAt(editor.selection.end),
    ];
    for (const { start, end } of surprises) {
      await run('nextSurprise');
      await until(here, ([from, to]) => from === start && to === end);
    }
    await run('nextSurprise');
    assert.deepEqual(here(), [surprises.at(-1)?.start, surprises.at(-1)?.end]);
    for (const { start } of surprises.slice(0, -1).reverse()) {
      await run('previousSurprise');
      await until(here, ([from]) => from === start);
    }
  });

  it('tells words when it is asked for words', async () => {
    const editor = await openText(text);
    await withSetting('surprisal.unit', 'word', async () => {
      const at = text.indexOf('zygote');
      const bits = (await bitsOf(text))
        .filter(({ end }) => end > at && end <= at + 'zygote'.length)
        .reduce((sum, token) => sum + token.bits, 0);
      const said = (await hovers(editor, at + 2)).replaceAll('&nbsp;', ' ');
      assert.ok(said.includes('zygote') && said.includes(bits.toFixed(1)), `${bits} in ${said}`);
    });
  });

  it('tells lines when it is asked for lines, the last one too', async () => {
    const lines = ['Once upon a time there was', 'a little zygote.'];
    for (const end of ['', '\n']) {
      const content = `${lines.join('\n')}${end}`;
      const editor = await openText(content);
      await withSetting('surprisal.unit', 'line', async () => {
        const at = content.indexOf('a little');
        const bits = (await bitsOf(content))
          .filter(({ start }) => start >= at)
          .reduce((sum, token) => sum + token.bits, 0);
        const said = (await hovers(editor, at + 2)).replaceAll('&nbsp;', ' ');
        assert.ok(said.includes('zygote') && said.includes(bits.toFixed(1)), `${bits} in ${said}`);
      });
    }
  });
});

describe('heat', () => {
  before(() => run('showTokens'));
  after(() => run('showTokens'));
  afterEach(closeAll);

  it('gives each token of another tokenizer the bits of the model’s tokens in it, and says so', async () => {
    await withSetting('inline.mode', 'heat', async () => {
      await withSetting('tokenizers', { plaintext: 'o200k_base' }, async () => {
        const editor = await openText(text);
        const own = (await bitsOf(text)).slice(1);
        const isMade = ({ start, end }: CliToken): boolean =>
          own.some((token) => token.start === start && token.end < end) &&
          own.some((token) => token.end === end);
        const shown = cli<CliToken>(['tokenize', '--tokenizer', 'o200k_base', '-'], text);
        const made = shown.find(isMade);
        assert.ok(made, 'one token is several of the model');
        const parts = own.filter(({ start, end }) => start >= made.start && end <= made.end);
        const bits = parts.reduce((sum, token) => sum + token.bits, 0).toFixed(1);
        const expected = `“${made.text.trim()}”: ${bits} bits of surprisal. The model reads it as tokens of its own: ${parts.length}.`;
        await until(
          async () =>
            (await hovers(editor, made.end - 1)).replaceAll('\\', '').replaceAll('&nbsp;', ' '),
          (said) => said.includes(expected),
        );
      });
    });
  });
});
