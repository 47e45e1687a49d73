// The Inspector's panel as VS Code sees it: opened, closed in the middle of work, opened again.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { closeAll, extensionId, openText, run, select, until } from './editorSupport';

function panels(): vscode.Tab[] {
  return vscode.window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof vscode.TabInputWebview && input.viewType.endsWith('tokenscope.inspector'),
    );
}

describe('Inspector', () => {
  afterEach(closeAll);

  it('opens once, beside the text, for the selection', async () => {
    const editor = await openText('There was a little girl.');
    select(editor, [0, 10]);
    await run('inspectSelection');
    await run('inspectSelection');
    const [panel, ...more] = await until(panels, ({ length }) => length > 0);
    assert.equal(more.length, 0);
    assert.match(panel?.label ?? '', /^Inspector/);
    assert.notEqual(panel?.group.viewColumn, editor.viewColumn);
  });

  it('does not open when nothing is selected', async () => {
    const editor = await openText('There was a little girl.');
    select(editor, [3, 3]);
    await run('inspectSelection');
    assert.equal(panels().length, 0);
  });

  it('can be closed while it works, and opened again', async () => {
    const editor = await openText('girl '.repeat(200));
    select(editor, [0, 900]);
    void run('inspectSelection');
    const [panel] = await until(panels, ({ length }) => length > 0);
    assert.ok(panel);
    await vscode.window.tabGroups.close(panel);
    await until(panels, ({ length }) => length === 0);
    await vscode.window.showTextDocument(editor.document);
    select(editor, [0, 20]);
    await run('inspectSelection');
    await until(panels, ({ length }) => length === 1);
  });

  it('does not open for a selection that is too long, nor give up what it shows for it', async () => {
    const editor = await openText('a word '.repeat(20_000));
    select(editor, [0, 140_000]);
    await run('inspectSelection');
    assert.equal(panels().length, 0);
    select(editor, [0, 14]);
    await run('inspectSelection');
    const shown = await until(panels, ({ length }) => length === 1);
    select(editor, [0, 140_000]);
    await run('inspectSelection');
    assert.deepEqual(
      panels().map(({ label }) => label),
      shown.map(({ label }) => label),
    );
  });

  it('opens at the token that a hover’s link names, and not for nonsense', async () => {
    const editor = await openText('There was a little girl.');
    await run('openInspectorAt', { uri: 5 });
    assert.equal(panels().length, 0);
    const link = { uri: editor.document.uri.toString(), start: 0, end: 24, offset: 12 };
    await run('openInspectorAt', link);
    await until(panels, ({ length }) => length === 1);
  });

  it('copies a link that leads back to the same place of the same text', async () => {
    const text = 'There was a little girl & a 100% dog?';
    const sampling = JSON.stringify({
      temperature: 0.5,
      topK: 7,
      topP: 1,
      minP: 0,
      repetitionPenalty: 1,
      seed: 3,
    });
    const kept = { depth: 'mathematics', table: '1', sampling };
    const place = { text, step: 'attend', block: '2', head: '1', cell: '6.3' };
    const query = new URLSearchParams({ ...place, ...kept });
    const link = vscode.Uri.parse('vscode://tokenscope.tokenscope/inspect').with({
      query: `${query.toString()}&open=1&token=4`,
    });
    await run('openInspectorAt', link.toString());
    await until(panels, ({ length }) => length === 1);
    await run('copyInspectorLink');
    const copied = await until(
      () => vscode.env.clipboard.readText(),
      (found) => found.includes('/inspect?'),
    );
    const { authority, path, query: found } = vscode.Uri.parse(copied);
    assert.deepEqual([authority, path], [extensionId, '/inspect']);
    const fields = Object.fromEntries(new URLSearchParams(found));
    const { digest, ...rest } = fields;
    assert.match(digest ?? '', /^[0-9a-f]{16}$/);
    assert.deepEqual(rest, {
      model: 'builtin',
      text,
      step: 'attend',
      token: '4',
      block: '2',
      head: '1',
      open: '1',
      stage: '3',
      cell: '6.3',
      channel: '0',
      drawn: 'matrix',
      measure: 'weights',
      over: 'head',
      ...kept,
    });
  });

  it('follows no link that names no text', async () => {
    await run('openInspectorAt', 'vscode://tokenscope.tokenscope/inspect?step=attend');
    assert.equal(panels().length, 0);
  });
});
