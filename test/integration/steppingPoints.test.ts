// What a session keeps and tells, in three kinds of files: branches, cards, reasons to stop, records that reproduce.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { SessionRecord } from '../../src/protocol/sessionRecord';
import { cli, closeAll, run, withSetting } from './editorSupport';
import { begin, expected, generatedAfter, shows } from './steppingSupport';

const texts = {
  typescript: 'export function add(a: number, b: number) {\n  return',
  markdown: '# The king\n\nOnce upon a time there was a',
  plaintext: 'むかしむかし、あるところに',
} as const;

for (const [language, prompt] of Object.entries(texts)) {
  describe(`a session in ${language}`, () => {
    afterEach(async () => {
      await run('stopGenerating');
      await closeAll();
    });

    it('keeps both branches of a choice and exports them with their perplexity', async () => {
      const { document } = await begin(prompt, language);
      await run('runTokens', 3);
      const first = document.getText();
      await run('stepBack');
      await run('stepBack');
      await run('acceptCandidate', 3);
      const second = document.getText();
      assert.notEqual(second.slice(0, first.length), first);
      await run('exportBranches');
      const exported = vscode.window.activeTextEditor?.document.getText() ?? '';
      for (const branch of [first, second]) assert.ok(exported.includes(branch), exported);
      assert.equal(exported.match(/perplexity \d/g)?.length, 2);
    });

    it('tells rank, probability, settings and alternatives of a token that was chosen', async () => {
      const editor = await begin(prompt, language);
      await run('acceptCandidate', 3);
      const at = editor.document.positionAt(prompt.length);
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        editor.document.uri,
        at,
      );
      const card = hovers
        .flatMap(({ contents }) => contents.map((part) => (part as vscode.MarkdownString).value))
        .find((text) => text.includes('explainToken'));
      assert.match(card ?? '', /rank 3\b/);
      assert.match(card ?? '', /You chose it/);
      assert.match(card ?? '', /temperature 0/);
      const [likeliest] = generatedAfter(prompt, 1);
      const probability = `${((likeliest?.probability ?? NaN) * 100).toFixed(2)} %`;
      assert.ok(card?.includes(probability), `${String(card)} without ${probability}`);
    });

    it('stops at the length limit, and the record says so', async () => {
      await withSetting('generation.maxTokens', 5, async () => {
        const { document } = await begin(prompt, language);
        await run('runUntilStop');
        const record = await saved();
        assert.equal(record.ended, 'length');
        assert.equal(document.getText(), record.context + textOf(record));
        assert.equal(tokensOf(record), 5);
      });
    });

    it('is saved as a record that the command line reproduces, and opened again at its end', async () => {
      const settings = { temperature: 0.9, seed: 11 };
      await withSetting('sampling.temperature', settings.temperature, () =>
        withSetting('sampling.seed', settings.seed, async () => {
          const { document } = await begin(prompt, language);
          await run('runTokens', 6);
          await run('stepBack');
          await run('acceptCandidate', 2);
          const text = document.getText();
          const file = join(mkdtempSync(join(tmpdir(), 'stepping-')), 'a.tokenscope.json');
          await run('saveSession', vscode.Uri.file(file));
          const [told] = cli<{ reproduced: boolean }>(['replay', file]).slice(-1);
          assert.equal(told?.reproduced, true);
          await run('stopGenerating');
          await closeAll();
          await run('openSession', vscode.Uri.file(file));
          const reopened = vscode.window.activeTextEditor?.document;
          assert.equal(reopened?.getText(), prompt);
          const pieces = recordAt(file).pieces.length;
          for (let n = 0; n < pieces && reopened.getText() !== text; n++) await run('acceptToken');
          await shows(reopened, text);
        }),
      );
    });
  });
}

describe('a session after a text that is longer than the window', () => {
  afterEach(async () => {
    await run('stopGenerating');
    await closeAll();
  });

  it('generates what the command line does from the part that fits, and goes on as the window slides', async () => {
    const line = 'The king went to the castle and said to the queen that the night was dark.\n';
    const prompt = `${line.repeat(40)}Once upon a time`;
    assert.ok(cli(['tokenize', '-'], prompt).length > 512);
    const { document } = await begin(prompt, 'markdown');
    await run('acceptToken');
    await shows(document, prompt + expected(prompt, 1));
    await run('runTokens', 4);
    await shows(document, prompt + expected(prompt, 5));
    await run('stepBack');
    assert.equal(document.getText(), prompt + expected(prompt, 4));
  });
});

function recordAt(file: string): SessionRecord {
  return JSON.parse(readFileSync(file, 'utf8')) as SessionRecord;
}

async function saved(): Promise<SessionRecord> {
  const file = join(mkdtempSync(join(tmpdir(), 'stepping-')), 'a.tokenscope.json');
  await run('saveSession', vscode.Uri.file(file));
  return recordAt(file);
}

/** What stood in the text after the context. */
function lineOf({ pieces, current }: SessionRecord): SessionRecord['pieces'] {
  const line: SessionRecord['pieces'][number][] = [];
  for (let piece = pieces[current]; piece !== undefined; piece = pieces[piece.parent]) {
    line.unshift(piece);
  }
  return line;
}

function textOf(record: SessionRecord): string {
  return lineOf(record)
    .map(({ text }) => text)
    .join('');
}

function tokensOf(record: SessionRecord): number {
  return lineOf(record).flatMap(({ tokens }) => tokens).length;
}
