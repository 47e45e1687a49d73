/** The run of a session: one at a time, from its beginning to the moment at which nothing more will be written. */
import type * as vscode from 'vscode';
import type { UndoStops } from './documentWriter';
import type { Ending } from './generationStatus';
import type { StepSettings } from './piece';
import type { SessionView } from './sessionView';
import { runTokens } from './tokenRun';
import type { SessionWriter } from './sessionWriter';
import type { TokenTree, TreeNode } from './tokenTree';

export interface SessionRunOptions {
  readonly view: SessionView;
  readonly log: vscode.LogOutputChannel;
  readonly settings: () => StepSettings;
  readonly writer: Pick<SessionWriter, 'show' | 'isVisible'>;
  /** The document takes no edits. */
  readonly onRefused: () => void;
  /** Nothing more is written; undefined where it failed. Told before whoever waits for the run hears of it. */
  readonly onEnd: (why: Ending | undefined) => void;
}

/** The engine hands over what it has after so long, and goes on while that is written. */
const atOnceMs = 30;

export class SessionRun {
  readonly #options: SessionRunOptions;
  #current: { readonly stop: AbortController; readonly ended: Promise<void> } | undefined;

  constructor(options: SessionRunOptions) {
    this.#options = options;
  }

  get isRunning(): boolean {
    return this.#current !== undefined;
  }

  /** Resolves when it has ended. Rejects when generating or writing fails; what was written stays. */
  start(tree: TokenTree, pieces: number): Promise<void> {
    this.#options.view.setRunning('running');
    const stop = new AbortController();
    const ended = this.#run(tree, pieces, stop.signal);
    this.#current = { stop, ended };
    return ended;
  }

  /** Ends it; resolves when nothing more will be written. */
  async pause(): Promise<void> {
    if (this.#current === undefined) return;
    const asked = performance.now();
    this.#current.stop.abort();
    // Whoever started it is told of a failure.
    await this.#current.ended.catch(() => undefined);
    this.#options.log.trace(`paused after ${since(asked)} ms`);
  }

  /** Ends it without waiting. */
  stop(): void {
    this.#current?.stop.abort();
  }

  async #run(tree: TokenTree, pieces: number, signal: AbortSignal): Promise<void> {
    const { view, onEnd } = this.#options;
    let why: Ending | undefined;
    try {
      why = await this.#generate(tree, pieces, signal);
    } finally {
      this.#current = undefined;
      view.setRunning('at rest');
      onEnd(why);
    }
  }

  /** One undo takes all of it back. */
  async #generate(tree: TokenTree, pieces: number, signal: AbortSignal): Promise<Ending> {
    const { view, log, settings } = this.#options;
    const began = performance.now();
    const from = tree.cursor;
    let edits = 0;
    const ending = await runTokens(
      {
        from,
        pieces,
        next: (node, most) => {
          const atOnce = { pieces: most, ms: atOnceMs };
          return tree.nextOnes(node, { settings: settings(), atOnce }, signal);
        },
        write: async (node) => {
          edits++;
          await this.#write(node, { undoStopBefore: edits === 1, undoStopAfter: false });
        },
        onMade: (tokens) => {
          view.tell({ kind: 'running', tokens });
        },
        now: () => performance.now(),
      },
      signal,
    );
    const tokens = tree.cursor.tokenCount - from.tokenCount;
    log.trace(`ran ${String(tokens)} tokens in ${since(began)} ms, ${String(edits)} edits`);
    return ending;
  }

  /** Where somebody turns to another document the run pauses: nothing is written out of sight. */
  async #write(node: TreeNode, stops: UndoStops): Promise<void> {
    const { writer, onRefused } = this.#options;
    try {
      if (writer.isVisible) await writer.show(node, stops);
    } catch (error) {
      if (writer.isVisible) {
        onRefused();
        throw error;
      }
    }
    if (!writer.isVisible) this.stop();
  }
}

function since(began: number): string {
  return (performance.now() - began).toFixed(1);
}
