// Stepping among what people and VS Code do meanwhile: brackets that close themselves, hidden and renamed files, restarts.
import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { cli, closeAll, openText, run, select, until, withSettings } from './editorSupport';
import { begin, expected, shows } from './steppingSupport';
import type { CliGenerated } from './steppingSupport';

const prompt = 'Once upon a time there was a';

describe('stepping among surprises', () => {
  afterEach(async () => {
    await run('stopGenerating');
    await closeAll();
  });

  it('goes on between brackets that VS Code closed by itself', async () => {
    await bracketsClose();
    const code = 'export function ways(stairs: number) {\n  return Math.max';
    const editor = await begin(`${code}\n}\n`, 'typescript', code.length);
    const { document } = editor;
    await vscode.commands.executeCommand('type', { text: '(' });
    const typed = `${code}()\n}\n`;
    await shows(document, typed);
    const context = `${code}(`;
    await run('acceptToken');
    const [first] = cli<CliGenerated>(['generate', '--prompt', context, '--max-tokens', '1']);
    await shows(document, `${context}${first?.text ?? ''})\n}\n`);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), typed);
  });

  it('writes at its own place when there are several carets', async () => {
    const editor = await begin(`${prompt}\n\nThe end.`, 'plaintext', prompt.length);
    select(editor, [prompt.length, prompt.length], [0, 0], [4, 4]);
    await run('acceptToken');
    await shows(editor.document, `${prompt}${expected(prompt, 1)}\n\nThe end.`);
  });

  it('finds its place again after undo beyond its start and redo', async () => {
    const editor = await openText('');
    const { document } = editor;
    const written = ['Once upon', ' a time there was a'];
    for (const text of written) {
      await editor.edit((edit) => {
        edit.insert(document.positionAt(document.getText().length), text);
      });
    }
    select(editor, [prompt.length, prompt.length]);
    await run('startGeneration');
    await run('acceptToken');
    const first = prompt + expected(prompt, 1);
    await shows(document, first);
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), 'Once upon');
    await vscode.commands.executeCommand('redo');
    await vscode.commands.executeCommand('redo');
    assert.equal(document.getText(), first);
    await run('acceptToken');
    await shows(document, prompt + expected(prompt, 2));
  });

  it('has one session: another document’s ends it and leaves its text', async () => {
    const one = await begin(prompt);
    await run('acceptToken');
    const kept = one.document.getText();
    const other = await begin('The cat');
    await run('acceptToken');
    await shows(other.document, `The cat${expected('The cat', 1)}`);
    await run('discardGenerated');
    await shows(other.document, 'The cat');
    assert.equal(one.document.getText(), kept);
  });

  it('makes the same text when the engine is restarted in the middle of a run', async () => {
    const count = 80;
    const settings = { 'sampling.temperature': 1, 'sampling.seed': 4, 'generation.maxTokens': 200 };
    await withSettings(settings, async () => {
      const { document } = await begin(prompt);
      const running = run('runTokens', count);
      await run('restartEngine');
      await running;
      const options = ['--temperature', '1', '--seed', '4', '--max-tokens', String(count)];
      const lines = cli<CliGenerated>(['generate', '--prompt', prompt, ...options]);
      const text = lines.map((line) => line.text ?? '').join('');
      assert.equal(document.getText(), prompt + text);
    });
  });

  it('pauses when its document is hidden, and shows it again for what is asked of it', async () => {
    await withSettings({ 'generation.maxTokens': 5000, 'sampling.temperature': 1.2 }, async () => {
      const { document } = await begin(prompt);
      const running = run('runUntilStop');
      await until(
        () => document.getText().length,
        (length) => length > prompt.length + 20,
      );
      const other = await openText('Something else');
      await running;
      const made = document.getText();
      assert.equal(vscode.window.activeTextEditor, other);
      assert.equal(other.document.getText(), 'Something else');
      await run('stepBack');
      await until(
        () => document.getText(),
        (text) => text.length < made.length && made.startsWith(text),
      );
      assert.equal(vscode.window.activeTextEditor.document, document);
    });
  });

  it('ends when its file is renamed, and goes on when it is asked to in the new one', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'stepping-'));
    const before = join(folder, 'before.txt');
    writeFileSync(before, prompt);
    const editor = await vscode.window.showTextDocument(vscode.Uri.file(before));
    select(editor, [prompt.length, prompt.length]);
    await run('startGeneration');
    await run('acceptToken');
    await editor.document.save();
    const text = editor.document.getText();
    const move = new vscode.WorkspaceEdit();
    move.renameFile(vscode.Uri.file(before), vscode.Uri.file(join(folder, 'after.txt')));
    await vscode.workspace.applyEdit(move);
    const renamed = await until(
      () => vscode.window.activeTextEditor,
      (active) => active?.document.fileName.endsWith('after.txt') === true,
    );
    assert.ok(renamed);
    await run('acceptToken');
    assert.equal(renamed.document.getText(), text);
    // VS Code may still be putting its editor into the place of the old one.
    await closeAll();
    const again = await vscode.window.showTextDocument(renamed.document.uri);
    select(again, [text.length, text.length]);
    await run('stepGeneration');
    await run('acceptToken');
    await shows(again.document, prompt + expected(prompt, 2));
  });

  it('goes on in a document whose file was deleted', async () => {
    const file = vscode.Uri.file(join(mkdtempSync(join(tmpdir(), 'stepping-')), 'story.txt'));
    await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(prompt));
    const editor = await vscode.window.showTextDocument(file);
    select(editor, [prompt.length, prompt.length]);
    await run('startGeneration');
    await run('acceptToken');
    await vscode.workspace.fs.delete(file);
    await run('acceptToken');
    await shows(editor.document, prompt + expected(prompt, 2));
  });
});

/** VS Code reads a language's configuration when it first opens such a file; until then it closes no bracket. */
async function bracketsClose(): Promise<void> {
  const { document } = await openText('', 'typescript');
  await until(
    async () => {
      await vscode.commands.executeCommand('type', { text: '(' });
      return document.getText();
    },
    (text) => text.includes(')'),
  );
}
