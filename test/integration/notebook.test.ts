// Cells of a notebook are texts like others: their tokens are shown, told and counted, each cell by itself.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { shownName } from '../../src/extension/editor/editorText';
import { cli, closeAll, hoverAt, run, until } from './editorSupport';
import type { CliToken } from './editorSupport';

const cells = ['def little_girl(name):\n    return name', "print(little_girl('猫'))"];

describe('a notebook', () => {
  let notebook: vscode.NotebookDocument;

  before(async () => {
    await run('showTokens');
    const { Code } = vscode.NotebookCellKind;
    const data = cells.map((text) => new vscode.NotebookCellData(Code, text, 'python'));
    notebook = await vscode.workspace.openNotebookDocument(
      'jupyter-notebook',
      new vscode.NotebookData(data),
    );
    await vscode.window.showNotebookDocument(notebook);
  });
  after(async () => {
    await run('showTokens');
    await closeAll();
  });

  it('tells in each visible cell the tokens of that cell', async () => {
    for (const [n, text] of cells.entries()) {
      const cell = notebook.cellAt(n).document;
      const editor = await until(
        () => vscode.window.visibleTextEditors.find(({ document }) => document === cell),
        (seen) => seen !== undefined,
      );
      assert.ok(editor);
      for (const token of cli<CliToken>(['tokenize', '-'], text)) {
        await until(
          () => hoverAt(editor, token.start),
          (card) => card.includes(`id ${token.id}**`) && card.includes(`position ${token.index} `),
        );
      }
    }
  });

  it('lends its cells its own name', () => {
    const name = vscode.workspace.asRelativePath(notebook.uri);
    assert.equal(shownName(notebook.cellAt(1).document), `${name} [2]`);
  });
});
