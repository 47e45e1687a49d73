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

/** While tokens run, what they look like is drawn no more often. */
const drawnEveryMs = 150;
/** A question for ghost text that has not come after so long does not come. */
const lostAfterMs = 100;

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
  #ghost: string | undefined;
  /** What VS Code was told last, and for which UTF-16 offset. */
  #given: { readonly offset: number; readonly text: string } | undefined;
  /** Whether VS Code was made to ask and has not asked yet. */
  #isAsked = false;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #hasGhost = false;
  #measuredFrom: number | undefined;
  /** What the keys' conditions were told last. */
  readonly #told = new Map<string, boolean>();
  #isRunning = false;
  #painting: ReturnType<typeof setTimeout> | undefined;
  /** When the status was told last. */
  #toldMs = -Infinity;
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
    if (this.#isOver) return;
    const isOneOfMany = news.kind === 'running' && performance.now() < this.#toldMs + drawnEveryMs;
    if (isOneOfMany) return;
    this.#toldMs = performance.now();
    this.#status.show(news);
  }

  /** Another piece is being made: what was offered is no answer any more, though its key stays ours. */
  expectGhost(): void {
    this.#ghost = undefined;
  }

  showGhost(text: string): void {
    const { document, inline } = this.#options;
    if (this.#isOver) return;
    this.#hasGhost = true;
    this.#ghost = text;
    inline.makeRoom({ document, offset: this.#options.text.head });
    this.tellKeys();
    clearTimeout(this.#waiting);
    // What VS Code shows it keeps, for as long as it fits the place: another text there would come second.
    const given = this.#given;
    if (given?.offset === this.#options.text.head && given.text !== text) this.#inEditor('hide');
    if (!this.#isAsked) this.askForGhost();
    else {
      // A question is on its way; where VS Code dropped it, it is asked again.
      this.#waiting = setTimeout(() => {
        if (!this.#isOver && this.#ghost !== undefined && this.#isAsked) this.askForGhost();
      }, lostAfterMs);
    }
  }

  hideGhost(): void {
    if (this.#isOver) return;
    const hadGhost = this.#hasGhost;
    this.#hasGhost = false;
    this.#ghost = undefined;
    this.tellKeys();
    if (hadGhost) this.#inEditor('hide');
  }

  setRunning(running: 'running' | 'at rest'): void {
    this.#isRunning = running === 'running';
    this.#paintNow();
    this.hideGhost();
  }

  /** Makes VS Code ask for ghost text, which it does by itself only when somebody types. */
  askForGhost(): void {
    this.#isAsked = this.#inEditor('trigger');
  }

  /** The next ghost text that is handed to VS Code is timed from here, for the log. */
  measureFrom(ms: number): void {
    this.#measuredFrom = ms;
  }

  /** Answers at once: of several providers VS Code shows whose answer comes first. */
  provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): vscode.InlineCompletionItem[] {
    const text = this.#ghost;
    if (document !== this.#options.document || !position.isEqual(this.#head())) return [];
    this.#isAsked = false;
    if (text === undefined) return [];
    this.#given = { offset: this.#options.text.head, text };
    if (this.#measuredFrom !== undefined) {
      const ms = (performance.now() - this.#measuredFrom).toFixed(1);
      this.#options.log.trace(`offered ${ms} ms after the key`);
      this.#measuredFrom = undefined;
    }
    return [new vscode.InlineCompletionItem(text, new vscode.Range(position, position))];
  }

  /** Draws the trail; while tokens run, no more often than a person can follow, since VS Code draws and edits in one thread. */
  paint(): void {
    if (!this.#isRunning) this.#paintNow();
    else {
      this.#painting ??= setTimeout(() => {
        this.#paintNow();
      }, drawnEveryMs);
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
    clearTimeout(this.#waiting);
    clearTimeout(this.#painting);
    this.#options.inline.makeRoom(undefined);
    for (const owned of this.#owned) owned.dispose();
    this.tellKeys();
    this.#inEditor('hide');
  }

  #paintNow(): void {
    clearTimeout(this.#painting);
    this.#painting = undefined;
    if (this.#isOver) return;
    const { document, text, context, trail } = this.#options;
    const picture = { marks: trail.marks, ...context.window(text) };
    for (const editor of vscode.window.visibleTextEditors) {
      if (editor.document === document) this.#painter.paint(editor, picture);
    }
  }

  /** In another editor the ghost text is somebody else's. */
  #inEditor(action: 'trigger' | 'hide'): boolean {
    if (vscode.window.activeTextEditor?.document !== this.#options.document) return false;
    void vscode.commands.executeCommand(`editor.action.inlineSuggest.${action}`);
    return true;
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
