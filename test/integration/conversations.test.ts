// Conversations inside VS Code: through a template, without one, generated into, shown, and refused.
import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
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
import { expected, shows } from './steppingSupport';

const template =
  "{% for m in messages %}{{ m.role | upper + ': ' + m.content + '\\n' }}{% endfor %}ASSISTANT:";

/** Opens the built-in model with a template of its own for a while. */
async function withTemplate(source: string, work: () => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'chat-'));
  const extension = vscode.extensions.getExtension(extensionId)?.extensionPath ?? '';
  cpSync(join(extension, 'media/models/builtin'), folder, { recursive: true });
  writeFileSync(join(folder, 'chat_template.jinja'), source);
  await withSetting('model.folder', folder, async () => {
    await until(joinedText, (text) => text !== joined);
    await closeAll();
    await work();
    await run('stopGenerating');
  });
  await until(joinedText, (text) => text === joined);
}

/** What is shown of the conversation: joined parts for as long as the model without a template is open. */
async function joinedText(): Promise<string> {
  await closeAll();
  await openText(conversation, 'markdown');
  await run('showContextString');
  return vscode.window.activeTextEditor?.document.getText() ?? '';
}

const conversation = '# system\n\nBe kind.\n\n# user\n\nWho is the king?\n\n# assistant\n\n';
const joined = 'Be kind.\n\nWho is the king?\n\n';
const rendered = 'SYSTEM: Be kind.\nUSER: Who is the king?\nASSISTANT:';

describe('conversations', () => {
  afterEach(async () => {
    await run('stopGenerating');
    await closeAll();
  });

  it('begin with a section for each role, the caret in the one of the user', async () => {
    await run('newConversation');
    const editor = vscode.window.activeTextEditor;
    assert.equal(editor?.document.languageId, 'markdown');
    const headings = editor.document.getText().match(/^# .*$/gm);
    assert.deepEqual(headings, ['# system', '# developer', '# user', '# assistant']);
    assert.equal(editor.document.lineAt(editor.selection.active.line - 1).text, '# user');
  });

  it('go through the template of the model, and the answer goes to the end of the last section', async () => {
    await withTemplate(template, async () => {
      const { document } = await openText(conversation, 'markdown');
      await run('startGeneration');
      await run('runTokens', 4);
      const answer = expected(rendered, 4);
      await shows(document, conversation + answer);
      await run('stepBack');
      await shows(document, conversation + expected(rendered, 3));
    });
  });

  it('show the very text that is tokenized, and what was written of the answer', async () => {
    await withTemplate(template, async () => {
      await openText(`${conversation}A wise man`, 'markdown');
      await run('showContextString');
      const shown = vscode.window.activeTextEditor?.document;
      assert.equal(shown?.uri.scheme, 'tokenscope-text');
      assert.equal(shown.getText(), `${rendered}A wise man`);
      const tokens = cli(['tokenize', '-'], `${rendered}A wise man`).length;
      assert.match(shown.fileName, new RegExp(`\\b${String(tokens)}\\b`));
    });
  });

  it('are joined as they are where the model has no template', async () => {
    const { document } = await openText(conversation, 'markdown');
    await run('startGeneration');
    await run('runTokens', 3);
    await shows(document, conversation + expected(joined, 3));
  });

  it('take an edit of an earlier section as another context', async () => {
    const editor = await openText(conversation, 'markdown');
    await run('startGeneration');
    const { document } = editor;
    const at = document.positionAt(conversation.indexOf('king'));
    await editor.edit((edit) => {
      edit.replace(new vscode.Range(at, at.translate(0, 4)), 'queen');
    });
    const changed = conversation.replace('king', 'queen');
    select(editor, [changed.length, changed.length]);
    await run('acceptToken');
    await shows(document, changed + expected('Be kind.\n\nWho is the queen?\n\n', 1));
  });

  it('start no session when the template does not take them or the answer has no place', async () => {
    await withTemplate("{{ raise_exception('No system role!') }}", async () => {
      const { document } = await openText(conversation, 'markdown');
      await run('startGeneration');
      await run('acceptToken');
      assert.equal(document.getText(), conversation);
    });
    const open = conversation.replace('# assistant\n\n', '');
    const { document } = await openText(open, 'markdown');
    await run('startGeneration');
    await run('acceptToken');
    assert.equal(document.getText(), open);
  });
});
