// Branches and saved sessions inside VS Code: switching, comparing, saving, opening again, refusing nonsense.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { closeAll, extensionId, run, until, withSetting } from './editorSupport';
import { begin, expected, shows } from './steppingSupport';

const prompt = 'Once upon a time there was a';
const folder = mkdtempSync(join(tmpdir(), 'sessions-'));

interface SavedPiece {
  readonly parent: number;
  readonly text: string;
}

describe('sessions', () => {
  afterEach(async () => {
    await run('stopGenerating');
    await closeAll();
  });

  it('keep the first branch when another one is chosen, save both, and replay them', async () => {
    const { document } = await begin(prompt);
    await run('runTokens', 3);
    await run('stepBack');
    await run('stepBack');
    await run('acceptCandidate', 3);
    await run('acceptToken');
    const second = document.getText();
    const file = join(folder, 'two.tokenscope.json');
    await run('saveSession', vscode.Uri.file(file));
    const record = JSON.parse(readFileSync(file, 'utf8')) as { pieces: SavedPiece[] };
    assert.equal(record.pieces.length, 5);
    const program = join(
      vscode.extensions.getExtension(extensionId)?.extensionPath ?? '',
      'dist/cli.js',
    );
    const output = execFileSync(process.execPath, [program, 'replay', file], { encoding: 'utf8' });
    assert.match(output, /"reproduced":true,"tokens":5\}/);
    await run('stopGenerating');

    await run('openSession', vscode.Uri.file(file));
    const editor = vscode.window.activeTextEditor;
    assert.ok(editor);
    assert.notEqual(editor.document, document);
    assert.equal(editor.document.getText(), prompt);
    await run('acceptToken');
    await run('acceptToken');
    await run('acceptToken');
    await shows(editor.document, second);
  });

  it('show beams without writing anything', async () => {
    const { document } = await begin(prompt);
    await run('showBeams');
    assert.equal(document.getText(), prompt);
    await run('acceptToken');
    assert.equal(document.getText(), prompt + expected(prompt, 1));
  });

  it('export their branches as Markdown, and compare two records', async () => {
    await begin(prompt);
    await run('runTokens', 2);
    const file = join(folder, 'one.tokenscope.json');
    await run('saveSession', vscode.Uri.file(file));
    await run('exportBranches');
    const text = vscode.window.activeTextEditor?.document.getText() ?? '';
    assert.ok(text.includes(prompt + expected(prompt, 2)), text);
    await run('compareSessions', vscode.Uri.file(file), vscode.Uri.file(file));
    await until(
      () => vscode.window.tabGroups.activeTabGroup.activeTab?.input,
      (input) => input instanceof vscode.TabInputTextDiff,
    );
  });

  it('of another model are opened as their context alone', async () => {
    await begin(prompt);
    await run('acceptCandidate', 2);
    const file = join(folder, 'other.tokenscope.json');
    await run('saveSession', vscode.Uri.file(file));
    const text = readFileSync(file, 'utf8');
    const { model } = JSON.parse(text) as { model: { hash: string } };
    writeFileSync(file, text.replace(model.hash, '0'.repeat(64)));
    await run('openSession', vscode.Uri.file(file));
    const document = vscode.window.activeTextEditor?.document;
    assert.equal(document?.getText(), prompt);
    await run('acceptToken');
    await shows(document, prompt + expected(prompt, 1));
  });

  it('end when another model is opened, and keep their text', async () => {
    const { document } = await begin(prompt);
    await run('acceptToken');
    assert.ok(await explained(document, prompt.length));
    const text = document.getText();
    const other = join(mkdtempSync(join(tmpdir(), 'other-')), 'model');
    const extension = vscode.extensions.getExtension(extensionId)?.extensionPath ?? '';
    cpSync(join(extension, 'media/models/builtin'), other, { recursive: true });
    await withSetting('model.folder', other, async () => {
      await until(
        () => explained(document, prompt.length),
        (isTold) => !isTold,
      );
      await run('stepBack');
      await run('acceptToken');
    });
    assert.equal(document.getText(), text);
  });

  it('are not opened from a file that is no record, or of a later version', async () => {
    const before = vscode.workspace.textDocuments.length;
    for (const text of ['{', '{"format": "tokenscope-session", "version": 99}', '\ud800']) {
      const file = join(folder, 'wrong.tokenscope.json');
      writeFileSync(file, text);
      await run('openSession', vscode.Uri.file(file));
    }
    await run('openSession', vscode.Uri.file(join(folder, 'none.json')));
    assert.equal(vscode.workspace.textDocuments.length, before);
  });
});

/** Whether a token of the session's trail stands at an offset. */
async function explained(document: vscode.TextDocument, offset: number): Promise<boolean> {
  const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
    'vscode.executeHoverProvider',
    document.uri,
    document.positionAt(offset),
  );
  const cards = hovers.flatMap(({ contents }) => contents as vscode.MarkdownString[]);
  return cards.some(({ value }) => value.includes('explainToken'));
}
