/**
 * What comes next in a session: a piece made anew whenever something before it changes, shown as ghost text, and handed
 * to the key that takes it.
 */
import type { KnownFacts } from '../engine/knownFacts';
import { Latest } from '../latest';
import type { Ending } from './generationStatus';
import type { StepSettings } from './piece';
import { repetition } from './repetition';
import type { SessionContext } from './sessionContext';
import type { SessionText } from './sessionText';
import type { SessionView } from './sessionView';
import type { TokenTree, TreeNode } from './tokenTree';

export interface OfferOptions {
  readonly text: SessionText;
  readonly context: SessionContext;
  readonly view: SessionView;
  readonly known: KnownFacts;
  readonly settings: () => StepSettings;
  /** Whether a run is under way, which makes its own pieces. */
  readonly isRunning: () => boolean;
  readonly lastEnding: () => Ending | undefined;
  /** Somebody who was writing has paused. */
  readonly onWritten: () => void;
  /** Something is shown: a piece, or why there is none. */
  readonly onShown: (ended: Ending | undefined) => void;
  readonly onFailed: (error: unknown) => void;
}

/** Makes a piece after what stands in the text; undefined when none comes. */
type Make = (tree: TokenTree, signal: AbortSignal) => Promise<TreeNode | undefined>;

/** Typing is over when no key came for so long. */
const typingMs = 120;
/** Only what takes longer is told to be under way. */
const patienceMs = 100;

export class Offers {
  readonly #options: OfferOptions;
  readonly #latest = new Latest();
  /** The piece after the offered one, so that it is there when the key comes. */
  readonly #ahead = new Latest();
  #piece: TreeNode | undefined;
  /** Settles when the piece that is being made is offered. */
  #offering: Promise<void> = Promise.resolve();
  #typing: ReturnType<typeof setTimeout> | undefined;
  #isOver = false;

  constructor(options: OfferOptions) {
    this.#options = options;
  }

  /** The offered piece; undefined while it is being made, and when none comes. */
  get piece(): TreeNode | undefined {
    return this.#piece;
  }

  /** Offers what the settings make. Rejects when that fails. */
  async begin(): Promise<void> {
    const offer = this.#offer((tree, signal) => this.#next(tree, signal));
    this.#offering = offer.catch(() => undefined);
    await offer;
  }

  /** Offers what the settings make of the text as it is now. */
  anew(): void {
    clearTimeout(this.#typing);
    this.#typing = undefined;
    if (this.#isOver) return;
    const { tree } = this.#options.text.segment;
    const ready = tree?.nextIfMade(tree.cursor, this.#options.settings());
    if (tree === undefined || ready === undefined) {
      void this.made((grown, signal) => this.#next(grown, signal));
    } else {
      // At once: VS Code's question may be behind the very news that the text has changed.
      this.#latest.begin();
      this.#offering = this.#show(tree, ready).catch(this.#options.onFailed);
    }
  }

  /** Offers what `make` makes. */
  made(make: Make): Promise<void> {
    this.#offering = this.#offer(make).catch(this.#options.onFailed);
    return this.#offering;
  }

  /** A person is typing: what they write becomes the context when they pause. */
  anewAfterTyping(): void {
    this.cancel();
    this.#options.view.hideGhost();
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => {
      this.#written();
    }, typingMs);
  }

  /** Resolves when a piece is offered, or none comes. Whoever asks while somebody types does not wait for a pause. */
  async settled(): Promise<void> {
    if (this.#typing !== undefined) this.#written();
    // What is being made may be replaced meanwhile, as when a setting changes.
    let awaited: Promise<void>;
    do await (awaited = this.#offering);
    while (awaited !== this.#offering);
  }

  /** Whether what comes after a piece can be shown as soon as the piece stands in the text. */
  isReadyBehind(piece: TreeNode): boolean {
    const { text, settings } = this.#options;
    const next = text.segment.tree?.nextIfMade(piece, settings());
    return next !== undefined && next.piece.text !== '';
  }

  /** The offered piece, which then is offered no more. */
  take(): TreeNode | undefined {
    const piece = this.#piece;
    this.#piece = undefined;
    return piece;
  }

  cancel(): void {
    this.#latest.cancel();
    this.#ahead.cancel();
    this.#piece = undefined;
  }

  /** For what the person waits for, which would wait behind it. */
  stopLookingAhead(): void {
    this.#ahead.cancel();
  }

  dispose(): void {
    this.#isOver = true;
    clearTimeout(this.#typing);
    this.cancel();
  }

  #written(): void {
    clearTimeout(this.#typing);
    this.#typing = undefined;
    if (this.#options.isRunning()) return;
    this.#options.onWritten();
    this.anew();
  }

  #next(tree: TokenTree, signal: AbortSignal): Promise<TreeNode | undefined> {
    return tree.next(tree.cursor, this.#options.settings(), signal);
  }

  async #offer(make: Make): Promise<void> {
    const { text, context, view } = this.#options;
    this.#piece = undefined;
    const signal = this.#latest.begin();
    const { segment } = text;
    if (segment.context === '') {
      view.tell({ kind: 'empty' });
      view.hideGhost();
      return;
    }
    view.expectGhost();
    const slow = setTimeout(() => {
      if (!signal.aborted) view.tell({ kind: 'thinking' });
    }, patienceMs);
    try {
      const tree = await context.tree(segment, signal);
      const node = await make(tree, signal);
      if (!signal.aborted && !this.#isOver) await this.#show(tree, node);
    } finally {
      clearTimeout(slow);
    }
  }

  async #show(tree: TokenTree, node: TreeNode | undefined): Promise<void> {
    const { text, context, view, known, settings, lastEnding, onShown } = this.#options;
    this.#piece = node;
    let ended: Ending | undefined;
    if (node === undefined || node.piece.text === '') {
      ended = node?.piece.stopped ?? tree.cursor.piece.stopped ?? 'length';
      view.tell({ kind: 'stopped', tokens: tree.cursor.tokenCount, why: ended });
      view.hideGhost();
      view.paint();
    } else {
      view.showGhost(node.piece.text);
      view.paint();
      const vocabulary = await known.vocabulary();
      const period = repetition(tree.cursor.tokens.map(({ id }) => id));
      view.tell({ kind: 'offered', piece: node.piece, vocabulary, period, last: lastEnding() });
    }
    onShown(ended);
    void context.follow(text.segment, settings());
    // What fails here fails again, and is told, when the piece is asked for.
    if (node !== undefined) tree.next(node, settings(), this.#ahead.begin()).catch(() => undefined);
  }
}
