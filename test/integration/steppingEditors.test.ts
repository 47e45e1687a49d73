// Stepping in every kind of editor: beside other providers, in splits, cells and diffs, in files that change or go.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { closeAll, openText, run, select, until } from './editorSupport';
import { begin, expected, shows } from './steppingSupport';

describe('stepping in editors', () => {
  afterEach(async () => {
    await run('stopGenerating');
    await closeAll();
  });

  it('leaves other providers’ ghost text alone outside of its place, and comes first at it', async () => {
    const asked: number[] = [];
    const other = vscode.languages.registerInlineCompletionItemProvider('*', {
      provideInlineCompletionItems: (_, position) => {
        asked.push(position.character);
        return [new vscode.InlineCompletionItem('OTHER', new vscode.Range(position, position))];
      },
    });
    try {
      const prompt = 'Once upon a time';
      const editor = await begin(prompt);
      await run('acceptToken');
      assert.equal(editor.document.getText(), prompt + expected(prompt, 1));
      select(editor, [4, 4]);
      await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
      await until(
        () => asked,
        (places) => places.includes(4),
      );
      await vscode.commands.executeCommand('editor.action.inlineSuggest.commit');
      await until(
        () => editor.document.getText(),
        (text) => text.startsWith('OnceOTHER'),
      );
    } finally {
      other.dispose();
    }
  });

  it('goes on in whichever editor of a split shows the document', async () => {
    const prompt = 'Once upon a time';
    const first = await begin(prompt);
    const second = await vscode.window.showTextDocument(first.document, vscode.ViewColumn.Beside);
    select(second, [prompt.length, prompt.length]);
    await run('acceptToken');
    assert.equal(first.document.getText(), prompt + expected(prompt, 1));
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await run('acceptToken');
    await shows(first.document, prompt + expected(prompt, 2));
  });

  it('writes into the document it was begun in, whichever editor has the focus', async () => {
    const prompt = 'Once upon a time';
    const first = await begin(prompt);
    const other = await vscode.workspace.openTextDocument({ content: 'Another file.' });
    await vscode.window.showTextDocument(other, vscode.ViewColumn.Beside);
    await run('acceptToken');
    assert.equal(first.document.getText(), prompt + expected(prompt, 1));
    assert.equal(other.getText(), 'Another file.');
  });

  it('says so and ends when the file becomes read-only, and writes nothing', async () => {
    const { document } = await begin('Once upon a time');
    await vscode.commands.executeCommand('workbench.action.files.setActiveEditorReadonlyInSession');
    await run('acceptToken');
    assert.equal(document.getText(), 'Once upon a time');
    await vscode.commands.executeCommand(
      'workbench.action.files.setActiveEditorWriteableInSession',
    );
    await run('acceptToken');
    assert.equal(document.getText(), 'Once upon a time');
  });

  it('does not begin without a text before the caret', async () => {
    const editor = await openText('Something');
    select(editor, [0, 0]);
    await run('startGeneration');
    await run('acceptToken');
    assert.equal(editor.document.getText(), 'Something');
  });

  it('steps in a cell of a notebook', async () => {
    const prompt = 'Once upon a time';
    const cell = new vscode.NotebookCellData(vscode.NotebookCellKind.Markup, prompt, 'markdown');
    const notebook = await vscode.workspace.openNotebookDocument(
      'jupyter-notebook',
      new vscode.NotebookData([cell]),
    );
    await vscode.window.showNotebookDocument(notebook);
    await vscode.commands.executeCommand('notebook.cell.edit');
    const editor = await until(
      () => vscode.window.activeTextEditor,
      (active) => active?.document.uri.scheme === 'vscode-notebook-cell',
    );
    assert.ok(editor);
    select(editor, [prompt.length, prompt.length]);
    await run('startGeneration');
    await run('acceptToken');
    assert.equal(editor.document.getText(), prompt + expected(prompt, 1));
  });

  it('steps in the changed side of a diff editor', async () => {
    const prompt = 'Once upon a time';
    const left = await vscode.workspace.openTextDocument({ content: 'Once upon' });
    const right = await vscode.workspace.openTextDocument({ content: prompt });
    await vscode.commands.executeCommand('vscode.diff', left.uri, right.uri);
    const editor = await until(
      () => vscode.window.visibleTextEditors.find(({ document }) => document === right),
      (found) => found !== undefined,
    );
    assert.ok(editor);
    select(editor, [prompt.length, prompt.length]);
    await run('startGeneration');
    await run('acceptToken');
    await shows(right, prompt + expected(prompt, 1));
  });

  it('takes a change on disk for the new context, and ends when the file is closed', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'stepping-')), 'story.txt');
    writeFileSync(file, 'Once upon a time');
    const document = await vscode.workspace.openTextDocument(file);
    const editor = await vscode.window.showTextDocument(document);
    select(editor, [16, 16]);
    await run('startGeneration');
    await until(
      () => {
        // VS Code does not hear of what is written before it has begun to watch the file.
        writeFileSync(file, 'Once upon a night');
        return document.getText();
      },
      (text) => text === 'Once upon a night',
    );
    await run('acceptToken');
    await shows(document, `Once upon a night${expected('Once upon a night', 1)}`);
    await closeAll();
    await run('acceptToken');
  });
});
