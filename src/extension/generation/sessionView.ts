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
  readonly log: vscode.LogOutputChannel;
}

export class SessionView implements vscode.InlineCompletionItemProvider {
  readonly #options: SessionViewOptions;
  readonly #status = new GenerationStatus();
  readonly #painter = new TrailPainter();
  readonly #owned: readonly { dispose(): void }[];
  /** What is offered, as soon as it is known. */
  #answer: Promise<string | undefined> = Promise.resolve(undefined);
  #settle: (text: string | undefined) => void = () => undefined;
  /** Of VS Code's question that waits for the answer. */
  #asking: vscode.CancellationToken | undefined;
  #hasGhost = false;
  #measuredFrom: number | undefined;
  /** What the keys' conditions were told last. */
  readonly #told = new Map<string, boolean>();
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
      window.onDidChangeTextEditorSelection(() => {
        this.tellKeys();
      }),
      window.onDidChangeActiveTextEditor(() => {
        this.tellKeys();
      }),
    ];
  }

  tell(news: GenerationNews): void {
    if (!this.#isOver) this.#status.show(news);
  }

  /** From now on the next piece is being made: whoever asks for ghost text waits for it. */
  expectGhost(): void {
    this.#settle(undefined);
    this.#asking = undefined;
    this.#answer = new Promise((resolve) => (this.#settle = resolve));
  }

  showGhost(text: string): void {
    const { document, inline } = this.#options;
    if (this.#isOver) return;
    this.#hasGhost = true;
    inline.makeRoom({ document, offset: this.#options.text.head });
    this.tellKeys();
    const isAwaited = this.#asking?.isCancellationRequested === false;
    this.#answerWith(text);
    if (!isAwaited) this.askForGhost();
  }

  hideGhost(): void {
    if (this.#isOver) return;
    const hadGhost = this.#hasGhost;
    this.#hasGhost = false;
    this.#answerWith(undefined);
    this.tellKeys();
    if (hadGhost) this.#inEditor('hide');
  }

  setRunning(running: 'running' | 'at rest'): void {
    this.#isRunning = running === 'running';
    this.hideGhost();
  }

  /** Makes VS Code ask for ghost text, which it does by itself only when somebody types. */
  askForGhost(): void {
    this.#inEditor('trigger');
  }

  /** The next ghost text that is handed to VS Code is timed from here, for the log. */
  measureFrom(ms: number): void {
    this.#measuredFrom = ms;
  }

  async provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    ...[, cancellation]: [vscode.InlineCompletionContext, vscode.CancellationToken]
  ): Promise<vscode.InlineCompletionItem[]> {
    if (document !== this.#options.document || !position.isEqual(this.#head())) return [];
    this.#asking = cancellation;
    const text = await this.#answer;
    const isLate = cancellation.isCancellationRequested || !position.isEqual(this.#head());
    if (text === undefined || isLate) return [];
    if (this.#measuredFrom !== undefined) {
      const ms = (performance.now() - this.#measuredFrom).toFixed(1);
      this.#options.log.trace(`offered ${ms} ms after the key`);
      this.#measuredFrom = undefined;
    }
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

  tellKeys(): void {
    const isLive = !this.#isOver;
    const keys = {
      generating: isLive,
      runningTokens: isLive && this.#isRunning,
      tokenOffered: isLive && this.#hasGhost && this.isAtHead(),
    };
    for (const [key, value] of Object.entries(keys)) {
      if (this.#told.get(key) === value) continue;
      this.#told.set(key, value);
      void vscode.commands.executeCommand('setContext', `tokenscope.${key}`, value);
    }
  }

  dispose(): void {
    this.#isOver = true;
    this.#answerWith(undefined);
    this.#options.inline.makeRoom(undefined);
    for (const owned of this.#owned) owned.dispose();
    this.tellKeys();
    this.#inEditor('hide');
  }

  #answerWith(text: string | undefined): void {
    this.#settle(text);
    this.#asking = undefined;
    this.#answer = Promise.resolve(text);
  }

  /** In another editor the ghost text is somebody else's. */
  #inEditor(action: 'trigger' | 'hide'): void {
    if (vscode.window.activeTextEditor?.document !== this.#options.document) return;
    void vscode.commands.executeCommand(`editor.action.inlineSuggest.${action}`);
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
