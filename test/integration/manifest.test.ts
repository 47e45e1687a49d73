// What the manifest promises, inside VS Code: every command is there, and no key of VS Code's own is taken.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { extensionId } from './editorSupport';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly keybindings: readonly { readonly key: string; readonly when: string }[];
  };
}

const extension = vscode.extensions.getExtension(extensionId);
const { contributes } = (extension?.packageJSON ?? {}) as Manifest;

describe('manifest', () => {
  it('contributes exactly the commands that are registered, but for the one behind links', async () => {
    await extension?.activate();
    const all = await vscode.commands.getCommands(true);
    const registered = all.filter((name) => /^tokenscope\.[a-z]+$/i.test(name)).sort();
    const contributed = contributes.commands.map(({ command }) => command);
    assert.deepEqual(
      registered.filter((name) => name !== 'tokenscope.openInspectorAt' && !isOfVsCode(name)),
      contributed.toSorted(),
    );
  });

  it('binds keys that VS Code does not use', async () => {
    const defaults = await vscode.workspace.openTextDocument(
      vscode.Uri.parse('vscode://defaultsettings/keybindings.json'),
    );
    const lines = defaults.getText().split('\n');
    const entries = JSON.parse(
      lines.filter((line) => !line.trimStart().startsWith('//')).join('\n'),
    ) as { key: string; command: string }[];
    assert.ok(entries.length > 500, `${entries.length} default keys`);
    const taken = entries.filter(({ command }) => !command.includes('tokenscope'));
    // In a view of ours F2 names what is selected there, as it does in VS Code's own.
    const inEditors = contributes.keybindings.filter(
      ({ when }) => !when.includes('focusedView =='),
    );
    const ours = inEditors.map(({ key }) => key);
    // Tab and Escape mean something else while tokens are generated.
    const keys = ours.filter((key) => key !== 'tab' && key !== 'escape');
    assert.ok(keys.filter((key) => key.includes(' ')).length >= 3);
    for (const key of keys) {
      const [first] = key.split(' ');
      const others = taken.filter((other) => other.key === key || other.key === first);
      assert.deepEqual(others, [], key);
    }
  });

  it('takes Tab and Escape only while a token is offered', () => {
    for (const { key, when } of contributes.keybindings) {
      if (key.includes(' ') || when.includes('focusedView ==')) continue;
      assert.match(when, /tokenscope\.(tokenOffered|generatingHere)/, key);
    }
  });
});

/** VS Code makes commands of its own for views and the like under the extension's name. */
function isOfVsCode(name: string): boolean {
  return name.endsWith('.focus') || name.endsWith('.open');
}
