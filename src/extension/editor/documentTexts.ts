/**
 * Long documents as texts that the engine keeps: sent once, in parts, and from then on only their edits. What is asked of
 * a document that is not there yet is answered without it.
 */
import * as vscode from 'vscode';
import type { CallOptions, EngineClient } from '../../protocol/engineApi';
import { failureOf } from '../../protocol/failures';
import type { TokenizerChoice } from '../../protocol/tokenizers';
import type { TextPart } from '../../protocol/tokens';
import type { Region } from '../tokens/regionTokens';
import { lengthOf } from './editorText';

type Client = Pick<EngineClient, 'putText' | 'editText' | 'dropText' | 'textTokens' | 'countText'>;
type Count = Awaited<ReturnType<EngineClient['countText']>>;

/** Shorter documents are sent whole whenever they are asked about. */
const longDocument = 20_000;
/** UTF-16 units sent at once: the extension host copies them in about a millisecond. */
const partUnits = 500_000;
/** The engine keeps a text and some tokens of each. */
const keptDocuments = 3;

interface State {
  /** The version that the engine has; undefined while it is being sent. */
  version: number | undefined;
  readonly sent: Promise<void>;
}

export class DocumentTexts {
  readonly #client: Client;
  readonly #states = new Map<string, State>();
  readonly #listening: vscode.Disposable;

  constructor(client: Client) {
    this.#client = client;
    this.#listening = vscode.Disposable.from(
      vscode.workspace.onDidChangeTextDocument((change) => {
        this.#edited(change);
      }),
      vscode.workspace.onDidCloseTextDocument((document) => {
        this.#drop(nameOf(document));
      }),
    );
  }

  /** Whether asking here is worth it. */
  isLong(document: vscode.TextDocument): boolean {
    return lengthOf(document) > longDocument;
  }

  /** Whether the engine has the document as it is now. */
  has(document: vscode.TextDocument): boolean {
    return this.#states.get(nameOf(document))?.version === document.version;
  }

  /** Tokens of a part; undefined while the document is on its way to the engine. */
  async part(
    document: vscode.TextDocument,
    wanted: { readonly range: Region; readonly tokenizer: TokenizerChoice },
    signal: AbortSignal,
  ): Promise<TextPart | undefined> {
    if (!this.isLong(document)) return undefined;
    if (!this.has(document)) {
      // Whoever looks now sees a window; the next look finds the text there.
      this.#send(document).catch(() => undefined);
      return undefined;
    }
    const { range, tokenizer } = wanted;
    const request = { name: nameOf(document), version: document.version, tokenizer, ...range };
    return this.#unlessUnknown(document, this.#client.textTokens(request, { signal }));
  }

  /** Tokens, characters and bytes of all of it. Rejects with `text-unknown` when it is edited meanwhile. */
  async count(
    document: vscode.TextDocument,
    tokenizer: TokenizerChoice,
    options: CallOptions,
  ): Promise<Count> {
    await this.#send(document);
    const request = { name: nameOf(document), version: document.version, tokenizer };
    const count = await this.#unlessUnknown(document, this.#client.countText(request, options));
    if (count !== undefined) return count;
    // The engine was started anew: once more with the text.
    await this.#send(document);
    return this.#client.countText({ ...request, version: document.version }, options);
  }

  dispose(): void {
    this.#listening.dispose();
    this.#states.clear();
  }

  /** Sends the document unless it is there or on its way. */
  #send(document: vscode.TextDocument): Promise<void> {
    const name = nameOf(document);
    const known = this.#states.get(name);
    if (known !== undefined && (known.version ?? document.version) === document.version) {
      return known.sent;
    }
    const { version } = document;
    const state: State = { version: undefined, sent: this.#sendParts(document, version) };
    this.#states.delete(name);
    this.#states.set(name, state);
    state.sent.then(
      () => (state.version = version),
      () => {
        if (this.#states.get(name) === state) this.#states.delete(name);
      },
    );
    for (const oldest of [...this.#states.keys()].slice(0, -keptDocuments)) this.#drop(oldest);
    return state.sent;
  }

  async #sendParts(document: vscode.TextDocument, version: number): Promise<void> {
    const name = nameOf(document);
    let place: 'first' | 'more' = 'first';
    for (const range of partsOf(document)) {
      const part = document.getText(range);
      await this.#client.putText({ name, version, part, place });
      place = 'more';
      if (document.version !== version) throw new Error('edited while it was sent');
    }
  }

  #edited({ document, contentChanges }: vscode.TextDocumentChangeEvent): void {
    const name = nameOf(document);
    const state = this.#states.get(name);
    if (state?.version === undefined || state.version === document.version) return;
    const { version } = state;
    state.version = document.version;
    const changes = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
      start: rangeOffset,
      end: rangeOffset + rangeLength,
      text,
    }));
    const edit = { name, version, to: document.version, changes, length: lengthOf(document) };
    this.#client.editText(edit).catch(() => {
      if (this.#states.get(name) === state) this.#states.delete(name);
    });
  }

  /** The answer, or undefined when the engine does not have that text (any more): it was started anew, or is behind. */
  async #unlessUnknown<Answer>(
    document: vscode.TextDocument,
    answer: Promise<Answer>,
  ): Promise<Answer | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (failureOf(error).code !== 'text-unknown') throw error;
      this.#states.delete(nameOf(document));
      return undefined;
    }
  }

  #drop(name: string): void {
    if (!this.#states.delete(name)) return;
    this.#client.dropText({ name }).catch(() => undefined);
  }
}

function nameOf(document: vscode.TextDocument): string {
  return document.uri.toString();
}

/** Whole lines of about `partUnits`, for an offset inside of a line end has no position of its own. */
function* partsOf(document: vscode.TextDocument): Generator<vscode.Range> {
  let first = 0;
  while (first < document.lineCount) {
    const from = new vscode.Position(first, 0);
    const reach = document.positionAt(document.offsetAt(from) + partUnits);
    const last = Math.max(reach.line, first + 1);
    const isEnd = last >= document.lineCount;
    const to = isEnd
      ? document.lineAt(document.lineCount - 1).range.end
      : new vscode.Position(last, 0);
    yield new vscode.Range(from, to);
    if (isEnd) return;
    first = last;
  }
}
