/**
 * One session of stepping in one document: the next piece stands as ghost text, keys write it, another one in its place,
 * or many; what the person writes in between becomes the context. Nothing is written without a key of the person's.
 */
import * as vscode from 'vscode';
import { failureOf } from '../../protocol/failures';
import type { Distribution } from '../../protocol/sampling';
import { t } from '../l10n';
import { ownUndo } from './documentWriter';
import type { UndoStops } from './documentWriter';
import type { Ending } from './generationStatus';
import { Offers } from './offers';
import type { StepSettings } from './piece';
import { SessionContext } from './sessionContext';
import type { SessionOptions } from './sessionContext';
import { listen } from './sessionListeners';
import type { SessionEvents } from './sessionListeners';
import type { SessionText } from './sessionText';
import { SessionRun } from './sessionRun';
import { SessionView } from './sessionView';
import { SessionWriter } from './sessionWriter';
import type { TreeNode } from './tokenTree';
import { Trail } from './trail';
import { Turns } from './turns';

/** Candidates that can be gone through with keys. */
const steppedCandidates = 50;

export class GenerationSession {
  readonly document: vscode.TextDocument;
  readonly text: SessionText;
  readonly context: SessionContext;
  readonly trail = new Trail();
  readonly #options: SessionOptions;
  readonly #view: SessionView;
  readonly #offers: Offers;
  readonly #writer: SessionWriter;
  readonly #run: SessionRun;
  readonly #turns = new Turns();
  readonly #owned: readonly { dispose(): void }[];
  readonly #eol: vscode.EndOfLine;
  #last: Ending | undefined;
  #hasEnded = false;

  constructor(document: vscode.TextDocument, text: SessionText, options: SessionOptions) {
    this.document = document;
    this.text = text;
    this.#options = options;
    this.#eol = document.eol;
    this.#writer = new SessionWriter(document, text);
    this.context = new SessionContext(document, text, options);
    const { context, trail } = this;
    const { inline, known, notices } = options;
    this.#view = new SessionView({ document, text, context, trail, inline, log: notices.log });
    this.#run = new SessionRun({
      view: this.#view,
      log: notices.log,
      settings: () => this.settings(),
      writer: this.#writer,
      onRefused: () => {
        this.end();
      },
      onEnd: (why) => {
        this.#last = why ?? this.#last;
        this.#offers.anew();
      },
    });
    this.#offers = new Offers({
      ...{ text, context, view: this.#view, known },
      settings: () => this.settings(),
      isRunning: () => this.#run.isRunning,
      lastEnding: () => this.#last,
      onWritten: () => {
        this.#followCaret();
      },
      onShown: (ended) => {
        if (ended !== undefined) this.#last = ended;
        options.onChange();
      },
      onFailed: (error) => {
        notices.tell(failureOf(error), error);
        if (failureOf(error).code !== 'cancelled') this.end();
      },
    });
    this.#owned = [this.#offers, this.#view, ...listen(document, options.engine, this.#events())];
  }

  get cursor(): TreeNode | undefined {
    return this.text.segment.tree?.cursor;
  }

  /** Why generation stopped or paused last. */
  get lastEnding(): Ending | undefined {
    return this.#last;
  }

  settings(): StepSettings {
    return this.#options.stepSettings();
  }

  /** Offers what comes next again, as when pieces were put into the tree. */
  refresh(): void {
    this.#offers.anew();
  }

  async begin(editor: vscode.TextEditor): Promise<void> {
    const caret = this.document.positionAt(this.text.head);
    editor.selection = new vscode.Selection(caret, caret);
    try {
      await this.#offers.begin();
    } catch (error) {
      this.end();
      throw error;
    }
  }

  isOffering(editor: vscode.TextEditor): boolean {
    return !this.#hasEnded && editor.document === this.document && this.#view.isAtHead();
  }

  /** Writes the offered piece, once it is made, as one edit of its own. */
  async accept(): Promise<void> {
    if (this.#run.isRunning) return;
    await this.#turns.takeSoon(() => this.#accept());
  }

  /** Offers a candidate further down (1) or up (−1) in the order of probability. */
  turn(by: 1 | -1): Promise<void> {
    return this.#turns.take(async () => {
      await this.#offers.settled();
      const rank = this.#offers.piece?.piece.tokens[0]?.rank;
      if (rank === undefined) return;
      const { ids } = await this.candidates(steppedCandidates);
      const id = ids[Math.min(Math.max(rank + by, 1), ids.length) - 1];
      if (id !== undefined) await this.#offer(id);
    });
  }

  /** Writes the piece that begins with a token. */
  choose(id: number): Promise<void> {
    return this.#turns.take(async () => {
      await this.#offer(id);
      await this.#accept();
    });
  }

  /** What could come next, the `rows` most likely. */
  async candidates(rows: number): Promise<Distribution> {
    this.#offers.stopLookingAhead();
    return this.context.candidates(this.text.segment, this.settings().sampling, rows);
  }

  /** Takes the last piece out of the document, as one edit of its own. */
  async back(): Promise<void> {
    await this.pause();
    await this.#turns.take(async () => {
      const parent = this.cursor?.parent;
      if (parent !== undefined) await this.#write(parent, ownUndo);
    });
  }

  /** Makes the document show another branch, as one edit. */
  async goTo(node: TreeNode): Promise<void> {
    await this.pause();
    await this.#turns.take(() => this.#write(node, ownUndo));
  }

  /** Generates and writes many pieces; one undo takes them all back. */
  async run(pieces: number): Promise<void> {
    const ended = await this.#turns.take(() => this.#startRun(pieces));
    await ended?.();
    await this.#offers.settled();
  }

  /** Ends a run; resolves when nothing more will be written. */
  pause(): Promise<void> {
    return this.#run.pause();
  }

  /** Ends the session and takes out of the document whatever it generated that still stands there. */
  async discard(): Promise<void> {
    await this.pause();
    await this.#turns.take(async () => {
      const { marks } = this.trail;
      this.end();
      await this.#writer.remove(marks);
    });
  }

  end(reason?: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#run.stop();
    for (const owned of this.#owned) owned.dispose();
    if (reason !== undefined) {
      this.#options.notices.log.info(reason);
      vscode.window.setStatusBarMessage(reason, 10_000);
    }
    this.#options.onEnd();
  }

  #events(): SessionEvents {
    return {
      edited: (change) => {
        this.#edited(change);
      },
      closed: () => {
        this.end(t('stepping.closed'));
      },
      settingsChanged: () => {
        if (!this.#run.isRunning) this.#offers.anew();
      },
      // Another model's ids would mean other words; a restarted engine has the same model and goes on.
      modelOpened: (key) => {
        const { model } = this.context;
        if (model !== undefined && key !== model) this.end(t('stepping.modelChanged'));
      },
    };
  }

  #offer(id: number): Promise<void> {
    const settings = this.settings();
    return this.#offers.made((tree, signal) =>
      tree.choose(tree.cursor, { choice: id, settings }, signal),
    );
  }

  async #accept(): Promise<void> {
    const asked = performance.now();
    await this.#offers.settled();
    const piece = this.#offers.take();
    if (piece === undefined || this.#hasEnded || piece.piece.text === '') return;
    this.#view.measureFrom(asked);
    const written = this.#write(piece, ownUndo);
    // The next piece can be asked for right behind the edit, if nobody would have to wait for it.
    if (this.#offers.isReadyBehind(piece)) this.#view.askForGhost();
    await written;
  }

  /** Resolves, behind the turns before, to the work that waits for the run's end; undefined where none begins. */
  async #startRun(pieces: number): Promise<(() => Promise<void>) | undefined> {
    await this.#offers.settled();
    const { tree } = this.text.segment;
    if (this.#run.isRunning || tree === undefined || this.#hasEnded) return undefined;
    this.#offers.cancel();
    const ended = this.#run.start(tree, pieces);
    return () => ended;
  }

  async #write(node: TreeNode, stops: UndoStops): Promise<void> {
    this.#view.beforeEdit();
    try {
      // Not even a moment is waited otherwise: the question for ghost text must come behind the edit.
      if (!this.#writer.isVisible) await this.#writer.reveal();
      await this.#writer.show(node, stops);
    } catch (error) {
      this.end();
      throw error;
    }
  }

  #followCaret(): void {
    const { selections = [] } = this.#writer.activeEditor ?? {};
    const [caret] = selections;
    if (caret?.isEmpty !== true || selections.length > 1) return;
    this.text.followCaret(this.document.offsetAt(caret.active), (start, end) =>
      this.context.read(start, end),
    );
  }

  #edited({ contentChanges, reason }: vscode.TextDocumentChangeEvent): void {
    // With other line ends every offset is another one.
    if (this.document.eol !== this.#eol) this.end(t('stepping.edited'));
    if (contentChanges.length === 0 || this.#hasEnded) return;
    const edits = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      offset: rangeOffset,
      length: rangeLength,
      inserted: text.length,
    }));
    this.trail.edited(edits);
    const meaning = this.text.edited(edits, {
      isReplayed: reason !== undefined,
      read: (start, end) => this.context.read(start, end),
    });
    if (meaning === 'known') this.trail.show(this.text.segment, this.text.anchor);
    this.#view.paint();
    if (meaning === 'elsewhere') this.#view.tellKeys();
    else if (meaning === 'rewritten') {
      this.#run.stop();
      this.#offers.anewAfterTyping();
    } else if (!this.#run.isRunning) this.#offers.anew();
    // Somebody undid or redid in the middle of the run.
    else if (this.text.segment.tree?.isAsExpected === false) this.#run.stop();
  }
}
