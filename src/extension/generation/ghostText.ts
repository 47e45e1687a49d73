/**
 * The offered piece as VS Code's ghost text. VS Code shows what it is told when it asks, and when it asks is an art:
 * by itself it does so 50 ms after the text has changed under ghost text, and a question of ours waits behind that one.
 * Without ghost text it asks at once. So ghost text goes before our own edits, and the question follows right behind them.
 */
import * as vscode from 'vscode';
import { lengthOf } from '../editor/editorText';
import type { InlineTokens } from '../editor/inlineTokens';
import type { SessionText } from './sessionText';

/** A question that has not come after so long does not come. */
const lostAfterMs = 100;

export interface GhostTextOptions {
  readonly document: vscode.TextDocument;
  readonly text: SessionText;
  readonly inline: InlineTokens;
  readonly log: vscode.LogOutputChannel;
}

type Items = vscode.InlineCompletionItem[];

export class GhostText implements vscode.InlineCompletionItemProvider {
  readonly #options: GhostTextOptions;
  readonly #registered: vscode.Disposable;
  #text: string | undefined;
  /** Whether a piece is being made. */
  #isExpected = false;
  /** Questions that were asked for meanwhile; an empty answer would be the last word for this version of the text. */
  #questions: ((items: Items) => void)[] = [];
  /** What VS Code was told last, and for which UTF-16 offset. */
  #given: { readonly offset: number; readonly text: string } | undefined;
  /** Whether VS Code was made to ask and has not asked yet. */
  #isAsked = false;
  /** While VS Code asks and waits for answers. */
  #asking: Promise<void> | undefined;
  #waiting: ReturnType<typeof setTimeout> | undefined;
  #measuredFrom: number | undefined;

  constructor(options: GhostTextOptions) {
    this.#options = options;
    this.#registered = vscode.languages.registerInlineCompletionItemProvider(
      selectorOf(options.document),
      this,
    );
  }

  /** Another piece is being made: what was offered is no answer any more. */
  expect(): void {
    this.#text = undefined;
    this.#isExpected = true;
  }

  show(text: string): void {
    const { document, inline } = this.#options;
    const offset = this.#options.text.head;
    this.#text = text;
    this.#isExpected = false;
    inline.makeRoom({ document, offset });
    clearTimeout(this.#waiting);
    const wasAwaited = this.#answerQuestions();
    // What VS Code shows it keeps, for as long as it fits the place: another text there would come second.
    const isAnother = this.#given?.offset === offset && this.#given.text !== text;
    if (wasAwaited || isAnother) void this.#inEditor('hide');
    if (!this.#isAsked) this.ask();
    else {
      // A question is on its way; where VS Code dropped it, it is asked again.
      this.#waiting = setTimeout(() => {
        if (this.#text !== undefined && this.#isAsked) this.ask();
      }, lostAfterMs);
    }
  }

  hide(): void {
    this.#text = undefined;
    this.#isExpected = false;
    this.#answerQuestions();
    void this.#inEditor('hide');
    // What is on its way is not there yet to be hidden.
    void this.#asking?.then(() => {
      if (this.#text === undefined) void this.#inEditor('hide');
    });
  }

  /** To be called before an edit of ours under the ghost text. */
  clearForEdit(): void {
    if (this.#text !== undefined) void this.#inEditor('hide');
    this.#text = undefined;
  }

  /** Makes VS Code ask, as it does by itself only when somebody types. */
  ask(): void {
    const asking = this.#inEditor('trigger');
    this.#isAsked = asking !== undefined;
    if (asking === undefined) return;
    const done = (): void => {
      if (this.#asking === asked) this.#asking = undefined;
    };
    const asked = asking.then(done, done);
    this.#asking = asked;
  }

  /** The next ghost text that is handed to VS Code is timed from here, for the log. */
  measureFrom(ms: number): void {
    this.#measuredFrom = ms;
  }

  /** Answers at once: of several providers VS Code shows whose answer comes first. */
  provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
    { triggerKind }: vscode.InlineCompletionContext,
  ): Items | Promise<Items> {
    if (document !== this.#options.document || !position.isEqual(this.#head())) return [];
    this.#isAsked = false;
    if (this.#text !== undefined) return this.#items();
    const wasAskedFor = triggerKind === vscode.InlineCompletionTriggerKind.Invoke;
    if (!this.#isExpected || !wasAskedFor) return [];
    return new Promise((resolve) => this.#questions.push(resolve));
  }

  dispose(): void {
    clearTimeout(this.#waiting);
    this.hide();
    this.#options.inline.makeRoom(undefined);
    this.#registered.dispose();
  }

  #items(): Items {
    const text = this.#text;
    if (text === undefined) return [];
    const { text: session, log } = this.#options;
    this.#given = { offset: session.head, text };
    if (this.#measuredFrom !== undefined) {
      const ms = (performance.now() - this.#measuredFrom).toFixed(1);
      log.trace(`offered ${ms} ms after the key`);
      this.#measuredFrom = undefined;
    }
    const head = this.#head();
    return [new vscode.InlineCompletionItem(text, new vscode.Range(head, head))];
  }

  /** Whether there were any. */
  #answerQuestions(): boolean {
    const questions = this.#questions;
    this.#questions = [];
    for (const answer of questions) answer(this.#items());
    return questions.length > 0;
  }

  /** In another editor the ghost text is somebody else's; undefined there. */
  #inEditor(action: 'trigger' | 'hide'): Promise<unknown> | undefined {
    if (vscode.window.activeTextEditor?.document !== this.#options.document) return undefined;
    const command = `editor.action.inlineSuggest.${action}`;
    return Promise.resolve(vscode.commands.executeCommand(command));
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
