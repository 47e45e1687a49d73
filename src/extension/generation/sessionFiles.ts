/** Sessions as files: saved, opened again to be stepped through, and compared. */
import * as vscode from 'vscode';
import { sectionsOf } from '../conversations/sections';
import { fail } from '../../protocol/failures';
import { readSessionRecord } from '../../protocol/sessionRecord';
import type { SessionRecord } from '../../protocol/sessionRecord';
import type { EngineService } from '../engine/engineService';
import { fileName } from '../inspector/inspector';
import { t } from '../l10n';
import type { Notices } from '../notices';
import { withProgress } from '../progress';
import { percent } from '../tokens/numbers';
import type { EditorGeneration } from './editorGeneration';
import { recordOf, recordText, restore } from './recording';
import type { SessionTexts } from './sessionTexts';
import type { TokenTree } from './tokenTree';

export interface SessionFilesOptions {
  readonly engine: EngineService;
  readonly notices: Notices;
  readonly generation: EditorGeneration;
  readonly texts: SessionTexts;
}

const filters = { Tokenscope: ['tokenscope.json', 'json'] };

export class SessionFiles {
  readonly #options: SessionFilesOptions;

  constructor(options: SessionFilesOptions) {
    this.#options = options;
  }

  /** Asks where to, unless a place is given. */
  async save(given: unknown): Promise<void> {
    const record = await this.#record();
    const target = given instanceof vscode.Uri ? given : await askWhereTo();
    if (target === undefined) return;
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(recordText(record)));
    this.#options.notices.inform(
      t('sessions.saved', { file: fileName(target), pieces: record.pieces.length }),
    );
  }

  /** Opens the context of a record in a new file, with what was generated after it ready to be stepped through. */
  async open(given: unknown): Promise<void> {
    const uri = given instanceof vscode.Uri ? given : await askForFile(t('sessions.open'));
    if (uri === undefined) return;
    const record = await readRecord(uri);
    const { engine, notices, generation } = this.#options;
    const { context: content } = record;
    const language = sectionsOf(content) === undefined ? 'plaintext' : 'markdown';
    const document = await vscode.workspace.openTextDocument({ content, language });
    const editor = await vscode.window.showTextDocument(document);
    const end = document.positionAt(record.context.length);
    editor.selection = new vscode.Selection(end, end);
    const { settings: index = record.settings.length - 1 } = record.pieces[record.current] ?? {};
    const settings = record.settings[index];
    await generation.start(editor, settings);
    const tree = generation.session?.text.segment.tree;
    if (tree === undefined) return;
    const isSame =
      JSON.stringify([...tree.prompt]) === JSON.stringify(record.contextIds) &&
      (await engine.client.modelHash({})) === record.model.hash;
    if (isSame) await this.#replay(tree, record);
    else notices.inform(t('sessions.otherModel', { model: record.model.name }));
    generation.session?.refresh();
  }

  async #replay(tree: TokenTree, record: SessionRecord): Promise<void> {
    const replayed = await withProgress(t('sessions.replaying'), (long) =>
      restore(tree, record, long),
    );
    const { tokens, differing } = replayed;
    if (differing === 0) {
      vscode.window.setStatusBarMessage(t('sessions.replayed', { tokens }), 10_000);
    } else {
      const pieces = record.pieces.length;
      this.#options.notices.inform(
        t('sessions.differing', { differing, pieces, device: record.device }),
      );
    }
  }

  /** Two records beside each other, a token a line. */
  async compare(left: unknown, right: unknown): Promise<void> {
    const first = left instanceof vscode.Uri ? left : await askForFile(t('sessions.first'));
    if (first === undefined) return;
    const second = right instanceof vscode.Uri ? right : await askForFile(t('sessions.second'));
    if (second === undefined) return;
    const [one, other] = await Promise.all([readRecord(first), readRecord(second)]);
    await this.#options.texts.compare(
      { name: fileName(first), text: readable(one) },
      { name: fileName(second), text: readable(other) },
    );
  }

  async #record(): Promise<SessionRecord> {
    const { engine, generation } = this.#options;
    const { session } = generation;
    const tree = session?.text.segment.tree;
    const { model } = engine;
    if (session === undefined || tree === undefined || model === undefined) {
      throw fail('nothing-generated', {});
    }
    const { name, parameters, device } = model;
    const hash = await engine.client.modelHash({});
    const { context } = session.text.segment;
    const ended = session.lastEnding ?? null;
    return recordOf(tree, { model: { name, parameters, hash }, device, context, ended });
  }
}

/** A line for each token of the branch that was in the text. */
function readable(record: SessionRecord): string {
  const lines: string[] = [];
  for (let at = record.current; at >= 0;) {
    const piece = record.pieces[at];
    if (piece === undefined) break;
    const tokens = piece.tokens.map(
      ({ id, probability, rank }) =>
        `${JSON.stringify(piece.text)}\t${String(id)}\t${percent(probability)}\t${String(rank)}`,
    );
    lines.unshift(...tokens);
    at = piece.parent;
  }
  const { model, device, settings, context } = record;
  const head = [model, device, ...settings].map((part) => JSON.stringify(part));
  return [...head, context, ...lines, ''].join('\n');
}

async function readRecord(uri: vscode.Uri): Promise<SessionRecord> {
  const file = fileName(uri);
  const bytes = await bytesOf(uri, file);
  try {
    return readSessionRecord(new TextDecoder('utf-8', { fatal: true }).decode(bytes), file);
  } catch (error) {
    throw error instanceof TypeError ? fail('file-not-text', { file }) : error;
  }
}

async function bytesOf(uri: vscode.Uri, file: string): Promise<Uint8Array> {
  try {
    return await vscode.workspace.fs.readFile(uri);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw fail('file-unreadable', { file, why });
  }
}

async function askWhereTo(): Promise<vscode.Uri | undefined> {
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri;
  const place = folder && {
    defaultUri: vscode.Uri.joinPath(folder, 'session.tokenscope.json'),
  };
  return vscode.window.showSaveDialog({ filters, ...place });
}

async function askForFile(title: string): Promise<vscode.Uri | undefined> {
  const [file] = (await vscode.window.showOpenDialog({ title, filters })) ?? [];
  return file;
}
