// A document of some megabytes: the tokens on screen and the count are those of the whole text, also after edits.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cli, closeAll, hoverAt, openText, run, until } from './editorSupport';
import type { CliToken } from './editorSupport';

const line = 'Once upon a time there was a little girl, 昔々ある所に。\n';

describe('a document of two megabytes', () => {
  before(() => run('showTokens'));
  after(async () => {
    await run('showTokens');
    await closeAll();
  });

  it('shows each token at its place in the whole text, after edits too', async () => {
    const editor = await openText(line.repeat(40_000));
    await until(
      () => hoverAt(editor, 5),
      (card) => card !== '',
    );
    // Each edit is sent alone; what is shown has to be what the whole text gives.
    const middle = editor.document.offsetAt(new vscode.Position(20_000, 0));
    for (const [at, text] of [
      [0, 'x'],
      [middle, ' 猫'],
      [3, '\n\n'],
    ] as const) {
      await editor.edit((edit) => {
        edit.insert(editor.document.positionAt(at), text);
      });
    }
    const head = editor.document.getText().slice(0, 400);
    const tokens = cli<CliToken>(['tokenize', '-'], head);
    for (const token of tokens.slice(0, 20)) {
      const card = await until(
        () => hoverAt(editor, token.start),
        (seen) => seen.includes(`id ${token.id}**`) && seen.includes(`position ${token.index} `),
      );
      assert.ok(card.includes('norm'), card);
    }
  });
});
