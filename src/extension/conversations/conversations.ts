/** Conversations in the editor: a new one, where its answer goes, and the very text that the model reads of it. */
import * as vscode from 'vscode';
import { fail } from '../../protocol/failures';
import type { Command } from '../commands';
import { editorAtHand, lengthOf } from '../editor/editorText';
import { rangeOf } from '../editor/tokenPainter';
import type { EngineService } from '../engine/engineService';
import type { SessionTexts } from '../generation/sessionTexts';
import { t } from '../l10n';
import type { Notices } from '../notices';
import type { Region } from '../tokens/regionTokens';
import { compose } from './compose';
import type { Composed } from './compose';
import { emptyConversation, sectionsOf } from './sections';

export interface ConversationsOptions {
  readonly engine: EngineService;
  readonly notices: Notices;
  readonly texts: SessionTexts;
}

export class Conversations {
  readonly #options: ConversationsOptions;
  readonly #beyond = vscode.window.createTextEditorDecorationType({ opacity: '0.45' });
  /** Models whose missing template was told of. */
  readonly #told = new Set<string>();

  constructor(options: ConversationsOptions) {
    this.#options = options;
  }

  get commands(): Readonly<Record<string, Command>> {
    return {
      newConversation: () => this.begin(),
      showContextString: () => this.show(editorAtHand()),
    };
  }

  async begin(): Promise<void> {
    const { content, line } = emptyConversation;
    const document = await vscode.workspace.openTextDocument({ content, language: 'markdown' });
    const caret = new vscode.Position(line, 0);
    await vscode.window.showTextDocument(document, { selection: new vscode.Range(caret, caret) });
  }

  /** What the model reads of a conversation; the first time, a model without a template is told of. */
  async compose(conversation: string, signal: AbortSignal): Promise<Composed> {
    const { engine } = this.#options;
    const composed = await compose(conversation, engine.client, signal);
    if (composed.by === 'joining') this.#tellOfNoTemplate(engine.model?.name ?? '');
    return composed;
  }

  /** The text as the model is given it, beside the editor; what its context cannot hold is dimmed. */
  async show(editor: vscode.TextEditor | undefined): Promise<void> {
    if (editor === undefined) throw fail('text-empty', {});
    const { engine, texts } = this.#options;
    const { signal } = new AbortController();
    const text = await this.#read(editor, signal);
    if (text === '') throw fail('text-empty', {});
    const { starts } = await engine.client.tokenize({ text }, { signal });
    const context = engine.model?.config.context ?? starts.length;
    const name = t('conversations.shown', { tokens: starts.length, context });
    const shown = await texts.show({ name, text });
    const dropped = starts[Math.max(0, starts.length - context)] ?? 0;
    const hoverMessage = t('stepping.beyond');
    const range = rangeOf(shown.document, 0, dropped);
    shown.setDecorations(this.#beyond, dropped > 0 ? [{ range, hoverMessage }] : []);
  }

  dispose(): void {
    this.#beyond.dispose();
  }

  async #read({ document, selection }: vscode.TextEditor, signal: AbortSignal): Promise<string> {
    if (!selection.isEmpty) return document.getText(selection);
    const end = answerEnd(document);
    if (end === undefined) {
      return document.getText(new vscode.Range(new vscode.Position(0, 0), selection.active));
    }
    return (await this.compose(document.getText(rangeOf(document, 0, end)), signal)).text;
  }

  #tellOfNoTemplate(model: string): void {
    if (this.#told.has(model)) return;
    this.#told.add(model);
    const show = t('conversations.show');
    const sentence = t('conversations.noTemplate', { model });
    void vscode.window.showInformationMessage(sentence, show).then((chosen) => {
      if (chosen === show) void vscode.commands.executeCommand('tokenscope.showContextString');
    });
  }
}

/** Where the last section of a conversation ends; undefined for any other document. */
export function answerEnd(document: vscode.TextDocument): number | undefined {
  if (document.languageId !== 'markdown') return undefined;
  return sectionsOf(document.getText())?.at(-1)?.end;
}

/** The region to go on from, with a line of its own for the answer when there is only its heading. */
export async function answerRegion(editor: vscode.TextEditor): Promise<Region | undefined> {
  const { document, selection } = editor;
  const end = selection.isEmpty ? answerEnd(document) : undefined;
  if (end === undefined) return undefined;
  if (!endsWithHeading(document)) return { start: 0, end };
  await editor.edit((edit) => {
    edit.insert(document.positionAt(end), '\n\n');
  });
  return { start: 0, end: lengthOf(document) };
}

function endsWithHeading(document: vscode.TextDocument): boolean {
  const { role, start, end } = sectionsOf(document.getText())?.at(-1) ?? {};
  if (role !== 'assistant' || start !== end || end === undefined) return false;
  return document.positionAt(end).character > 0;
}
