// Tokens in the text: the hover over each says what the command line says of the same text.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TokenscopeApi } from '../../src/extension/api/tokenscopeApi';
import { editorAtHand, snapshotOf, visibleRegions } from '../../src/extension/editor/editorText';
import { grouped } from '../../src/extension/tokens/numbers';
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

const text = 'Once upon a time there was a little girl';
const isCard = (card: string): boolean => card !== '';

function bytesOf(token: CliToken): string {
  return (token.bytes.match(/../g) ?? []).join(' ').toUpperCase();
}

describe('tokens in the text', () => {
  before(() => run('showTokens'));
  after(() => run('showTokens'));
  afterEach(closeAll);

  it('are those of the command line: id, bytes and position of every token', async () => {
    const editor = await openText(text);
    for (const token of cli<CliToken>(['tokenize', '-'], text)) {
      const card = await until(() => hoverAt(editor, token.start), isCard);
      assert.ok(card.includes(`id ${token.id}**`), `${token.id} in ${card}`);
      assert.ok(card.includes(bytesOf(token)), card);
      assert.ok(card.includes(`position ${token.index} `), card);
    }
  });

  it('count from the start of each of several selections', async () => {
    const editor = await openText(text);
    select(editor, [5, 16], [29, 40]);
    for (const [start, end] of [
      [5, 16],
      [29, 40],
    ] as const) {
      const [first, second] = cli<CliToken>(['tokenize', '-'], text.slice(start, end));
      assert.ok(first && second);
      const card = await until(
        () => hoverAt(editor, start),
        (seen) => seen.includes(`id ${first.id}**`) && seen.includes('position 0 '),
      );
      assert.ok(card.includes('first token'), card);
      assert.match(await hoverAt(editor, start + second.start), /position 1 /);
    }
    assert.equal(await hoverAt(editor, 20), '');
  });

  it('tell the parts of a character that tokens split', async () => {
    const content = 'の漢字🐈です';
    const editor = await openText(content);
    const torn = cli<CliToken>(['tokenize', '-'], content).filter(({ parts }) => parts > 1);
    assert.ok(torn.length > 1);
    for (const token of torn.slice(0, 4)) {
      const card = await until(() => hoverAt(editor, token.start), isCard);
      assert.ok(card.includes(`part ${token.part} of ${token.parts}`), card);
      assert.ok(card.includes(`id ${token.id}**`), card);
    }
  });

  it('lie right in a document with CRLF', async () => {
    const editor = await openText('one\r\ntwo three\r\n');
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    const content = editor.document.getText();
    assert.ok(content.includes('\r\n'));
    const tokens = cli<CliToken>(['tokenize', '-'], content);
    const three = tokens.find((token) => token.text.trim() === 'three' || token.start >= 8);
    assert.ok(three);
    const card = await until(() => hoverAt(editor, three.start), isCard);
    assert.ok(card.includes(`id ${three.id}**`), card);
    assert.ok(card.includes(`position ${three.index} `), card);
  });

  it('are of exactly the text that is asked for, also where that begins or ends inside of a line end', async () => {
    const editor = await openText('a\r\n\r\n猫🐈\r\nb\r\n');
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    const content = editor.document.getText();
    const snapshot = snapshotOf(editor.document);
    const { length } = snapshot;
    assert.equal(length, content.length);
    assert.ok(content.includes('\r\n\r\n'));
    // Behind the end there is nothing, as with any string.
    for (let start = 0; start <= length; start++) {
      for (let end = start; end <= length + 2; end++) {
        assert.equal(
          snapshot.slice({ start, end }),
          content.slice(start, end),
          `${start} to ${end}`,
        );
      }
    }
  });

  it('are drawn again where the caret goes in a line of a megabyte', async () => {
    const line = 'The little girl lived in the world. '.repeat(30_000);
    const editor = await openText(line);
    await until(
      () => hoverAt(editor, 5),
      (card) => card !== '',
    );
    const near = (): number[] =>
      visibleRegions(editor, 0).flatMap(({ start, end }) => [start, end]);
    for (const offset of [0, line.length >> 1, line.length]) {
      select(editor, [offset, offset]);
      editor.revealRange(editor.selection);
      await until(near, ([start = NaN, end = NaN]) => start <= offset && offset <= end);
      const [start = NaN, end = NaN] = near();
      assert.ok(end - start <= 20_000, 'not all of the line');
    }
  });

  it('are those of the editor that was left for a log', async () => {
    const left = await openText(text);
    const right = await vscode.window.showTextDocument(left.document, vscode.ViewColumn.Two);
    assert.equal(editorAtHand(), right);
    await run('showLog');
    await until(
      () => vscode.window.activeTextEditor?.document.uri.scheme,
      (scheme) => scheme === 'output',
    );
    assert.equal(editorAtHand()?.viewColumn, vscode.ViewColumn.Two);
    await vscode.commands.executeCommand('workbench.action.closePanel');
  });

  it('follow an edit', async () => {
    const editor = await openText('cat');
    await until(() => hoverAt(editor, 0), isCard);
    await editor.edit((edit) => {
      edit.insert(new vscode.Position(0, 0), 'The ');
    });
    const [, second] = cli<CliToken>(['tokenize', '-'], 'The cat');
    await until(
      () => hoverAt(editor, 5),
      (card) => card.includes(`id ${second?.id ?? -1}**`),
    );
  });

  it('are told in the language of the setting', async () => {
    const editor = await openText(text);
    await withSetting('language', 'ja', async () => {
      await until(
        () => hoverAt(editor, 14),
        (card) => card.includes('インスペクターで開く') && card.includes('驚き'),
      );
    });
    await until(
      () => hoverAt(editor, 14),
      (card) => card.includes('surprisal'),
    );
  });

  it('survive a restart of the engine, a wrong setting and a model folder that is not there', async () => {
    const editor = await openText(text);
    await until(() => hoverAt(editor, 14), isCard);
    await run('restartEngine');
    await until(() => hoverAt(editor, 14), isCard);
    await withSetting('sampling.temperature', -3, async () => {
      await until(() => hoverAt(editor, 14), isCard);
    });
    await withSetting('model.folder', '/nowhere/at/all', async () => {
      await run('restartEngine');
      await until(() => hoverAt(editor, 14), isCard);
    });
  });

  it('are shown in a file of five megabytes, around what is visible', async function () {
    this.timeout(60_000);
    const line = 'The little girl lived in the world with 猫 and a dog, and so on and on.\n';
    const editor = await openText(line.repeat(Math.ceil(5_000_000 / line.length)));
    const end = new vscode.Position(editor.document.lineCount - 2, 0);
    editor.revealRange(new vscode.Range(end, end));
    const offset = editor.document.offsetAt(end) + 5;
    const began = Date.now();
    const card = await until(() => hoverAt(editor, offset), isCard);
    // It is known once all tokens before it are counted, which the status bar asks for too.
    const [, position] = /position (unknown|[\d,]+) /.exec(card.replace('\n', ' ')) ?? [];
    const { exports: api } = await extension();
    const before = await api.count(editor.document.getText().slice(0, offset - 2));
    assert.ok(position === 'unknown' || position === grouped(before, 'en'), card);
    assert.match(card, /tokens before it: \d+/);
    assert.ok(Date.now() - began < 10_000, `${Date.now() - began} ms`);
  });
});

async function extension(): Promise<vscode.Extension<TokenscopeApi>> {
  const found = vscode.extensions.getExtension<TokenscopeApi>(extensionId);
  assert.ok(found);
  await found.activate();
  return found;
}
