/** What a session shows in its editors: the ghost text, the tinted trail, the status bar, and keys that come and go. */
import * as vscode from 'vscode';
import { lengthOf } from '../editor/editorText';
import type { InlineTokens } from '../editor/inlineTokens';
import { GenerationStatus } from './generationStatus';
import type { GenerationNews } from './generationStatus';
import type { SessionContext } from './sessionContext';
import type { SessionText } from './sessionText';
import type { Trail } from './trail';
import { TrailPainter } from './trailPainter';

export interface SessionViewOptions {
  readonly document: vscode.TextDocument;
  readonly text: SessionText;
  readonly context: SessionContext;
  readonly trail: Trail;
  readonly inline: InlineTokens;
}

export class SessionView implements vscode.InlineCompletionItemProvider {
  readonly #options: SessionViewOptions;
  readonly #status = new GenerationStatus();
  readonly #painter = new TrailPainter();
  readonly #owned: readonly { dispose(): void }[];
  #ghost: string | undefined;
  #isRunning = false;
  #isOver = false;

  constructor(options: SessionViewOptions) {
    this.#options = options;
    const { window, languages } = vscode;
    this.#owned = [
      this.#status,
      this.#painter,
      languages.registerInlineCompletionItemProvider(selectorOf(options.document), this),
      window.onDidChangeVisibleTextEditors(() => {
        this.paint();
      }),
      window.onDidChangeTextEditorSelection(() => void this.tellKeys()),
      window.onDidChangeActiveTextEditor(() => void this.tellKeys()),
    ];
  }

  tell(news: GenerationNews): void {
    if (!this.#isOver) this.#status.show(news);
  }

  async showGhost(text: string): Promise<void> {
    const { document, inline } = this.#options;
    if (this.#isOver) return;
    this.#ghost = text;
    inline.makeRoom({ document, offset: this.#options.text.head });
    await this.tellKeys();
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  }

  async hideGhost(): Promise<void> {
    if (this.#isOver) return;
    this.#ghost = undefined;
    await this.tellKeys();
    await vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  }

  async setRunning(running: 'running' | 'at rest'): Promise<void> {
    this.#isRunning = running === 'running';
    await this.hideGhost();
  }

  provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): vscode.InlineCompletionItem[] {
    const text = this.#ghost;
    if (text === undefined || document !== this.#options.document) return [];
    if (!position.isEqual(this.#head())) return [];
    return [new vscode.InlineCompletionItem(text, new vscode.Range(position, position))];
  }

  paint(): void {
    if (this.#isOver) return;
    const { document, text, context, trail } = this.#options;
    const picture = { marks: trail.marks, ...context.window(text) };
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document === document) this.#painter.paint(editor, picture);
    }
  }

  /** Whether the caret of the active editor stands where the next piece goes. */
  isAtHead(): boolean {
    const editor = vscode.window.activeTextEditor;
    return (
      editor?.document === this.#options.document &&
      editor.selection.isEmpty &&
      editor.selection.active.isEqual(this.#head())
    );
  }

  async tellKeys(): Promise<void> {
    const isLive = !this.#isOver;
    const keys = {
      generating: isLive,
      runningTokens: isLive && this.#isRunning,
      tokenOffered: isLive && this.#ghost !== undefined && this.isAtHead(),
    };
    for (const [key, value] of Object.entries(keys)) {
      await vscode.commands.executeCommand('setContext', `tokenscope.${key}`, value);
    }
  }

  dispose(): void {
    this.#isOver = true;
    this.#options.inline.makeRoom(undefined);
    for (const owned of this.#owned) owned.dispose();
    void this.tellKeys();
    void vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
  }

  /** Where the next piece goes. */
  #head(): vscode.Position {
    const { document, text } = this.#options;
    return document.positionAt(Math.min(text.head, lengthOf(document)));
  }
}

/** As exact as it can be, so that in this document, and for as long, ours comes before other providers' ghost text. */
function selectorOf({ uri, languageId: language }: vscode.TextDocument): vscode.DocumentSelector {
  const { scheme } = uri;
  if (scheme !== 'file') return { scheme, language };
  const pattern = new vscode.RelativePattern(vscode.Uri.joinPath(uri, '..'), '*');
  return { scheme, language, pattern };
}
