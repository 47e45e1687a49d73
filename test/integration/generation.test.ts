// Stepping generation in the editor: what Tab writes is what the command line generates, and undo takes one token back.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { cli, closeAll, openText, run, select, until, withSetting } from './editorSupport';

const prompt = 'Once upon a time there was';

interface CliGenerated {
  readonly id?: number;
  readonly text?: string;
  readonly stopped?: string;
}

/** Texts of the first greedy tokens after the prompt. */
function expectedTexts(count: number): string[] {
  return generatedTexts(prompt, count);
}

function generatedTexts(after: string, count: number): string[] {
  const lines = cli<CliGenerated>(['generate', '--prompt', after, '--max-tokens', String(count)]);
  return lines.flatMap(({ text }) => (text === undefined ? [] : [text]));
}

async function accept(editor: vscode.TextEditor, expected: string): Promise<void> {
  await run('acceptToken');
  await until(
    () => editor.document.getText(),
    (seen) => seen === expected,
  );
}

async function writeAtEnd(editor: vscode.TextEditor, text: string): Promise<void> {
  const { document } = editor;
  await editor.edit((edit) => {
    edit.insert(document.positionAt(document.getText().length), text);
  });
}

describe('generation in the editor', () => {
  afterEach(async () => {
    await run('stopGenerating');
    await closeAll();
  });

  it('offers and never writes by itself', async () => {
    const editor = await openText(prompt);
    select(editor, [prompt.length, prompt.length]);
    await run('stepGeneration');
    await new Promise((resolve) => setTimeout(resolve, 300));
    assert.equal(editor.document.getText(), prompt);
  });

  it('writes the tokens of the command line one by one; undo and redo go by one token', async () => {
    const editor = await openText(prompt);
    select(editor, [prompt.length, prompt.length]);
    const texts = expectedTexts(3);
    await run('stepGeneration');
    const stages = texts.map((_, n) => prompt + texts.slice(0, n + 1).join(''));
    for (const stage of stages) await accept(editor, stage);
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), stages[1]);
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), stages[0]);
    await vscode.commands.executeCommand('redo');
    assert.equal(editor.document.getText(), stages[1]);
    await accept(editor, stages[2] ?? '');
  });

  it('begins at the end of the selection, with the selection as its prompt', async () => {
    const before = 'Something else. ';
    const editor = await openText(`${before}${prompt} END`);
    select(editor, [before.length, before.length + prompt.length]);
    await run('stepGeneration');
    const [first] = expectedTexts(1);
    await accept(editor, `${before}${prompt}${first ?? ''} END`);
  });

  it('takes the offered token when it is asked to step again', async () => {
    const editor = await openText(prompt);
    select(editor, [prompt.length, prompt.length]);
    await run('stepGeneration');
    await run('stepGeneration');
    const [first] = expectedTexts(1);
    await until(
      () => editor.document.getText(),
      (seen) => seen === prompt + (first ?? ''),
    );
  });

  it('ends at the length limit: nothing is offered after it', async () => {
    await withSetting('generation.maxTokens', 2, async () => {
      const editor = await openText(prompt);
      select(editor, [prompt.length, prompt.length]);
      await run('stepGeneration');
      const texts = expectedTexts(2);
      await accept(editor, prompt + (texts[0] ?? ''));
      await accept(editor, prompt + texts.join(''));
      await new Promise((resolve) => setTimeout(resolve, 200));
      await run('acceptToken');
      assert.equal(editor.document.getText(), prompt + texts.join(''));
    });
  });

  it('ends at the end token, which is never written', async () => {
    const code = '});\n//# sourceMappingURL=index';
    const lines = cli<CliGenerated>(['generate', '--prompt', code, '--max-tokens', '8']);
    assert.deepEqual(lines.at(-1), { stopped: 'end' });
    const texts = lines.slice(0, -2).flatMap(({ text }) => (text === undefined ? [] : [text]));
    const editor = await openText(code);
    select(editor, [code.length, code.length]);
    await run('stepGeneration');
    for (const n of texts.keys()) await accept(editor, code + texts.slice(0, n + 1).join(''));
    await run('acceptToken');
    await new Promise((resolve) => setTimeout(resolve, 200));
    assert.equal(editor.document.getText(), code + texts.join(''));
  });

  it('takes what is typed in between as the new context, and finds the old one again with undo', async () => {
    const editor = await openText(prompt);
    select(editor, [prompt.length, prompt.length]);
    await run('stepGeneration');
    const [first = ''] = expectedTexts(1);
    await accept(editor, prompt + first);
    const typed = ' of a king. The';
    await writeAtEnd(editor, typed);
    const context = prompt + first + typed;
    const [next = ''] = generatedTexts(context, 1);
    await accept(editor, context + next);
    await vscode.commands.executeCommand('undo');
    await vscode.commands.executeCommand('undo');
    assert.equal(editor.document.getText(), prompt + first);
    const [, second = ''] = expectedTexts(2);
    await accept(editor, prompt + first + second);
  });

  it('goes on at the same place when the text behind it or long before it is edited', async () => {
    const editor = await openText(`${prompt} END`);
    select(editor, [prompt.length, prompt.length]);
    await run('stepGeneration');
    const texts = expectedTexts(2);
    await accept(editor, `${prompt}${texts[0] ?? ''} END`);
    await editor.edit((edit) => {
      edit.insert(editor.document.positionAt(editor.document.getText().length), '!');
    });
    await accept(editor, `${prompt}${texts.join('')} END!`);
  });

  it('goes on after the engine was restarted', async () => {
    const editor = await openText(prompt);
    select(editor, [prompt.length, prompt.length]);
    const texts = expectedTexts(2);
    await run('stepGeneration');
    await accept(editor, prompt + (texts[0] ?? ''));
    await run('restartEngine');
    await accept(editor, prompt + texts.join(''));
  });

  it('joins tokens to whole characters and writes line ends the document’s way', async () => {
    const editor = await openText('むかしむかし、\n');
    await editor.edit((edit) => edit.setEndOfLine(vscode.EndOfLine.CRLF));
    const start = editor.document.getText();
    select(editor, [start.length, start.length]);
    await withSetting('sampling.temperature', 1.3, async () => {
      await run('stepGeneration');
      let text = start;
      for (let n = 0; n < 12; n++) {
        await run('acceptToken');
        const seen = await until(
          () => editor.document.getText(),
          (now) => now.length > text.length,
        );
        assert.ok(seen.startsWith(text));
        assert.ok(!seen.includes('\ufffd'), seen);
        text = seen;
      }
    });
  });
});
