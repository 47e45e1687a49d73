/** What a session shows in its editors: the ghost text, the tinted trail, the status bar, and keys that come and go. */
import * as vscode from 'vscode';
import { lengthOf } from '../editor/editorText';
import { GenerationStatus } from './generationStatus';
import type { GenerationNews } from './generationStatus';
import { GhostText } from './ghostText';
import type { GhostTextOptions } from './ghostText';
import type { SessionContext } from './sessionContext';
import type { Trail } from './trail';
import { TrailPainter } from './trailPainter';

/** While tokens run, what they look like is drawn no more often. */
const drawnEveryMs = 150;

export interface SessionViewOptions extends GhostTextOptions {
  readonly context: SessionContext;
  readonly trail: Trail;
}

export class SessionView {
  readonly #options: SessionViewOptions;
  readonly #status = new GenerationStatus();
  readonly #painter = new TrailPainter();
  readonly #ghost: GhostText;
  readonly #owned: readonly { dispose(): void }[];
  /** Whether a piece is offered, or is about to be in the place of one. */
  #hasGhost = false;
  /** Whether the person went elsewhere with the caret, which takes the ghost text away. */
  #hasLeft = false;
  /** What the keys' conditions were told last. */
  readonly #told = new Map<string, boolean>();
  #isRunning = false;
  #painting: ReturnType<typeof setTimeout> | undefined;
  /** When the status was told last. */
  #toldMs = -Infinity;
  #isOver = false;

  constructor(options: SessionViewOptions) {
    this.#options = options;
    this.#ghost = new GhostText(options);
    const { window } = vscode;
    this.#owned = [
      this.#status,
      this.#painter,
      this.#ghost,
      window.onDidChangeVisibleTextEditors(() => {
        this.paint();
      }),
      window.onDidChangeTextEditorSelection(({ kind }) => {
        this.#caretMoved(kind);
      }),
      window.onDidChangeActiveTextEditor(() => {
        this.#caretMoved(undefined);
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

  /** Another piece is being made; its key stays ours. */
  expectGhost(): void {
    this.#ghost.expect();
  }

  showGhost(text: string): void {
    if (this.#isOver) return;
    this.#hasGhost = true;
    this.#ghost.show(text);
    this.tellKeys();
  }

  hideGhost(): void {
    if (this.#isOver) return;
    const hadGhost = this.#hasGhost;
    this.#hasGhost = false;
    this.tellKeys();
    if (hadGhost) this.#ghost.hide();
  }

  setRunning(running: 'running' | 'at rest'): void {
    this.#isRunning = running === 'running';
    this.#paintNow();
    this.hideGhost();
  }

  /** An edit of ours follows, and what comes next has its keys already. */
  beforeEdit(): void {
    this.#ghost.clearForEdit();
  }

  /** The next piece is made and stands behind an edit that is under way. */
  askForGhost(): void {
    this.#ghost.ask();
  }

  /** The next ghost text that is handed to VS Code is timed from here, for the log. */
  measureFrom(ms: number): void {
    this.#ghost.measureFrom(ms);
  }

  /**
   * Draws the trail: behind what is being done now, for the answer to a key comes first; while tokens run, no more often
   * than a person can follow, since VS Code draws and edits in one thread.
   */
  paint(): void {
    this.#painting ??= setTimeout(
      () => {
        this.#paintNow();
      },
      this.#isRunning ? drawnEveryMs : 0,
    );
  }

  /** Whether the caret of the active editor stands where the next piece goes. */
  isAtHead(): boolean {
    const { document, text } = this.#options;
    const editor = vscode.window.activeTextEditor;
    if (editor?.document !== document || !editor.selection.isEmpty) return false;
    // With several carets a key is meant for all of them.
    if (editor.selections.length > 1) return false;
    const head = document.positionAt(Math.min(text.head, lengthOf(document)));
    return editor.selection.active.isEqual(head);
  }

  tellKeys(): void {
    const isLive = !this.#isOver;
    const keys = {
      generating: isLive,
      generatingHere: isLive && this.#isActive(),
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
    clearTimeout(this.#painting);
    for (const owned of this.#owned) owned.dispose();
    this.tellKeys();
  }

  /** Who comes back finds the ghost text again, for which VS Code would not ask. */
  #caretMoved(kind: vscode.TextEditorSelectionChangeKind | undefined): void {
    this.tellKeys();
    const isThere = this.isAtHead();
    const wentAway = kind !== undefined || !this.#isActive();
    if (!isThere && wentAway) this.#hasLeft = true;
    if (!isThere || !this.#hasLeft) return;
    this.#hasLeft = false;
    if (this.#hasGhost) this.#ghost.ask();
  }

  #isActive(): boolean {
    return vscode.window.activeTextEditor?.document === this.#options.document;
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
}
