// Counting in a window: which of the workspace's files are worth counting.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { filesOf, pathBelow } from '../../src/extension/counting/workspaceFiles';

const { token } = new vscode.CancellationTokenSource();

describe('counting', () => {
  it('finds the files of the workspace, and none that the settings hide', async () => {
    const [folder] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(folder);
    const paths = async (): Promise<string[]> => {
      const { uris } = await filesOf(folder.uri, token);
      return uris.map((uri) => pathBelow(folder.uri, uri)).sort();
    };
    const all = ['code.ts', 'mukashi.txt', 'story.md'];
    assert.deepEqual(
      (await paths()).filter((path) => !path.startsWith('.vscode/')),
      all,
    );
    const settings = vscode.workspace.getConfiguration('files');
    const hidden = { '**/*.ts': true, '**/.vscode': true };
    await settings.update('exclude', hidden, vscode.ConfigurationTarget.Workspace);
    try {
      assert.deepEqual(await paths(), ['mukashi.txt', 'story.md']);
    } finally {
      await settings.update('exclude', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });
});
