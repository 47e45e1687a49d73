/**
 * One session of stepping in one document: the next piece stands as ghost text, keys write it, another one in its place,
 * or many; what the person writes in between becomes the context. Nothing is written without a key of the person's.
 */
import * as vscode from 'vscode';
import { failureOf } from '../../protocol/failures';
import type { Distribution } from '../../protocol/sampling';
import { t } from '../l10n';
import { Latest } from '../latest';
import { DocumentWriter, ownUndo } from './documentWriter';
import type { UndoStops } from './documentWriter';
import type { Ending } from './generationStatus';
import type { StepSettings } from './piece';
import { repetition } from './repetition';
import { SessionContext } from './sessionContext';
import type { SessionOptions } from './sessionContext';
import { listen } from './sessionListeners';
import type { SessionEvents } from './sessionListeners';
import type { SessionText } from './sessionText';
import { SessionView } from './sessionView';
import { runTokens } from './tokenRun';
import type { TokenTree, TreeNode } from './tokenTree';
import { Trail } from './trail';

/** Candidates that can be gone through with keys. */
const steppedCandidates = 50;
/** Typing is over when no key came for so long. */
const typingMs = 120;

export class GenerationSession {
  readonly document: vscode.TextDocument;
  readonly text: SessionText;
  readonly context: SessionContext;
  readonly trail = new Trail();
  readonly #options: SessionOptions;
  readonly #view: SessionView;
  readonly #writer: DocumentWriter;
  readonly #latest = new Latest();
  readonly #owned: readonly { dispose(): void }[];
  readonly #eol: vscode.EndOfLine;
  #offered: TreeNode | undefined;
  /** Settles when the piece that is being made is offered. */
  #offering: Promise<void> = Promise.resolve();
  #run: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;
  #last: Ending | undefined;
  #typing: ReturnType<typeof setTimeout> | undefined;
  #hasEnded = false;

  constructor(document: vscode.TextDocument, text: SessionText, options: SessionOptions) {
    this.document = document;
    this.text = text;
    this.#options = options;
    this.#eol = document.eol;
    this.#writer = new DocumentWriter(document);
    this.context = new SessionContext(document, text, options);
    const { context, trail } = this;
    this.#view = new SessionView({ document, text, context, trail, inline: options.inline });
    this.#owned = [this.#view, this.#latest, ...listen(document, options.engine, this.#events())];
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
    this.#offerAnew();
  }

  async begin(editor: vscode.TextEditor): Promise<void> {
    const caret = this.document.positionAt(this.text.head);
    editor.selection = new vscode.Selection(caret, caret);
    const offer = this.#offer();
    this.#offering = offer.catch(() => undefined);
    try {
      await offer;
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
    await this.#settled();
    const piece = this.#offered;
    if (piece === undefined || this.#hasEnded || piece.piece.text === '') return;
    this.#offered = undefined;
    await this.write(piece, ownUndo);
  }

  /** Offers a candidate further down (1) or up (−1) in the order of probability. */
  async turn(by: 1 | -1): Promise<void> {
    await this.#settled();
    const rank = this.#offered?.piece.tokens[0]?.rank;
    if (rank === undefined) return;
    const { ids } = await this.candidates(steppedCandidates);
    const id = ids[Math.min(Math.max(rank + by, 1), ids.length) - 1];
    if (id !== undefined) await this.offer(id);
  }

  /** Offers the piece that begins with a token. */
  async offer(id: number): Promise<void> {
    const settings = this.settings();
    this.#offering = this.#told(
      this.#offer((tree, signal) => tree.choose(tree.cursor, { choice: id, settings }, signal)),
    );
    await this.#offering;
  }

  /** What could come next, the `rows` most likely. */
  async candidates(rows: number): Promise<Distribution> {
    return this.context.candidates(this.text.segment, this.settings().sampling, rows);
  }

  /** Takes the last piece out of the document, as one edit of its own. */
  async back(): Promise<void> {
    await this.pause();
    const parent = this.cursor?.parent;
    if (parent !== undefined) await this.write(parent, ownUndo);
  }

  /** Generates and writes many pieces; one undo takes them all back. */
  async run(pieces: number): Promise<void> {
    await this.#settled();
    const { tree } = this.text.segment;
    if (this.#run !== undefined || tree === undefined || this.#hasEnded) return;
    this.#latest.cancel();
    const stop = new AbortController();
    const ended = this.#runIn(tree, pieces, stop.signal);
    this.#run = { stop, ended: ended.catch(() => undefined) };
    await this.#view.setRunning('running');
    try {
      await ended;
    } finally {
      this.#run = undefined;
      await this.#view.setRunning('at rest');
      this.#offerAnew();
    }
    await this.#offering;
  }

  /** Ends a run; resolves when nothing more will be written. */
  async pause(): Promise<void> {
    this.#run?.stop.abort();
    await this.#run?.ended;
  }

  /** Makes the document show another node of the tree, as one edit: what both have in common stays. */
  async write(node: TreeNode, stops: UndoStops): Promise<void> {
    const { anchor, head, segment } = this.text;
    const present = segment.tree?.cursor.text ?? '';
    let kept = 0;
    while (kept < present.length && present[kept] === node.text[kept]) kept++;
    segment.tree?.expect(node);
    try {
      const replacement = { start: anchor + kept, end: head, text: node.text.slice(kept) };
      await this.#writer.write([replacement], stops);
    } catch (error) {
      this.end();
      throw error;
    } finally {
      segment.tree?.expect(undefined);
    }
  }

  /** Ends the session and takes out of the document whatever it generated that still stands there. */
  async discard(): Promise<void> {
    await this.pause();
    const marks = this.trail.marks.map(({ start, end }) => ({ start, end, text: '' }));
    this.end();
    if (marks.length > 0) await this.#writer.write(marks, ownUndo);
  }

  end(reason?: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#offered = undefined;
    this.#run?.stop.abort();
    clearTimeout(this.#typing);
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
        this.end();
      },
      settingsChanged: () => {
        if (this.#run === undefined) this.#offerAnew();
      },
      // Another model's ids would mean other words; a restarted engine has the same model and goes on.
      modelOpened: (key) => {
        const { model } = this.context;
        if (model !== undefined && key !== model) this.end(t('stepping.modelChanged'));
      },
    };
  }

  async #runIn(tree: TokenTree, pieces: number, signal: AbortSignal): Promise<void> {
    let undoStopBefore = true;
    const parts = {
      from: tree.cursor,
      pieces,
      next: (node: TreeNode) => tree.next(node, this.settings(), signal),
      write: async (node: TreeNode) => {
        const stops = { undoStopBefore, undoStopAfter: false };
        undoStopBefore = false;
        await this.write(node, stops);
      },
      onMade: (tokens: number) => {
        this.#view.tell({ kind: 'running', tokens });
      },
    };
    this.#last = await runTokens(parts, signal);
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
    if (meaning === 'elsewhere') void this.#view.tellKeys();
    else if (meaning === 'rewritten') this.#rewritten();
    else if (this.#run === undefined) this.#offerAnew();
    // Somebody undid or redid in the middle of the run.
    else if (this.text.segment.tree?.isAsExpected === false) this.#run.stop.abort();
  }

  /** A person is at work: what they write becomes the context when they pause. */
  #rewritten(): void {
    this.#run?.stop.abort();
    this.#latest.cancel();
    this.#offered = undefined;
    void this.#view.hideGhost();
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      if (this.#run === undefined) this.#offerAnew();
    }, typingMs);
  }

  /** Whoever asks for the next piece while somebody has just typed does not wait for a pause. */
  async #settled(): Promise<void> {
    if (this.#typing !== undefined && this.#run === undefined) this.#offerAnew();
    await this.#offering;
  }

  #offerAnew(): void {
    clearTimeout(this.#typing);
    this.#typing = undefined;
    if (this.#hasEnded) return;
    this.#offering = this.#told(this.#offer());
  }

  #told(work: Promise<void>): Promise<void> {
    return work.catch((error: unknown) => {
      this.#options.notices.tell(failureOf(error), error);
      if (failureOf(error).code !== 'cancelled') this.end();
    });
  }

  /** Makes the piece after what stands in the text, and shows it. */
  async #offer(
    make = (tree: TokenTree, signal: AbortSignal): Promise<TreeNode | undefined> =>
      tree.next(tree.cursor, this.settings(), signal),
  ): Promise<void> {
    this.#offered = undefined;
    const signal = this.#latest.begin();
    const { segment } = this.text;
    if (segment.context === '') {
      this.#view.tell({ kind: 'empty' });
      return;
    }
    this.#view.tell({ kind: 'thinking' });
    const tree = await this.context.tree(segment, signal);
    const node = await make(tree, signal);
    if (!signal.aborted && !this.#hasEnded) await this.#show(tree, node);
  }

  async #show(tree: TokenTree, node: TreeNode | undefined): Promise<void> {
    this.#offered = node;
    this.#view.paint();
    if (node === undefined || node.piece.text === '') {
      this.#last = node?.piece.stopped ?? tree.cursor.piece.stopped ?? 'length';
      this.#view.tell({ kind: 'stopped', tokens: tree.cursor.tokenCount, why: this.#last });
      await this.#view.hideGhost();
    } else {
      const vocabulary = await this.#options.known.vocabulary();
      const period = repetition(tree.cursor.tokens.map(({ id }) => id));
      this.#view.tell({ kind: 'offered', piece: node.piece, vocabulary, period, last: this.#last });
      await this.#view.showGhost(node.piece.text);
    }
    this.#options.onChange();
    void this.context.follow(this.text.segment, this.settings());
  }
}
