/** What a session reads: its context as tokens, the part that fits the model, and the same line in the Inspector. */
import * as vscode from 'vscode';
import type { PromptOrigins } from '../../protocol/chat';
import type { Distribution, SamplingSettings } from '../../protocol/sampling';
import type { Composed } from '../conversations/compose';
import { lengthOf } from '../editor/editorText';
import type { InlineTokens } from '../editor/inlineTokens';
import { rangeOf } from '../editor/tokenPainter';
import type { EngineService } from '../engine/engineService';
import type { KnownFacts } from '../engine/knownFacts';
import type { Inspector } from '../inspector/inspector';
import { fileName } from '../inspector/inspector';
import type { FollowedLine, Prompt } from '../inspector/panelSubject';
import { modelKey } from '../models/modelKey';
import type { Notices } from '../notices';
import type { StepSettings } from './piece';
import type { Segment, SessionText } from './sessionText';
import { TokenTree } from './tokenTree';

export interface SessionOptions {
  readonly engine: EngineService;
  readonly known: KnownFacts;
  /** How the next tokens are made. */
  readonly stepSettings: () => StepSettings;
  readonly notices: Notices;
  readonly inspector: Inspector;
  readonly inline: InlineTokens;
  /** What the model reads instead of the document's own text, as of a conversation. */
  readonly compose: ((text: string, signal: AbortSignal) => Promise<Composed>) | undefined;
  /** The tree or the place in it is another one. */
  readonly onChange: () => void;
  readonly onEnd: () => void;
}

/** The most text before the caret that is read; contexts are far shorter. */
export const longestContext = 20_000;

/** The tokens of a context: where each starts in the document's text of it. */
interface Read {
  readonly starts: Uint32Array;
  /** What the tokens spell. */
  readonly text: string;
  /** What comes before it in the document and is not read; undefined where the text is not the document's own. */
  readonly skipped: number | undefined;
  /** Who wrote what of it, where several did. */
  readonly origins: PromptOrigins | undefined;
}

export class SessionContext {
  readonly #document: vscode.TextDocument;
  readonly #text: SessionText;
  readonly #options: SessionOptions;
  readonly #reads = new WeakMap<Segment, Read>();
  /** The model that the session's tokens are of. */
  #model: string | undefined;

  constructor(document: vscode.TextDocument, text: SessionText, options: SessionOptions) {
    this.#document = document;
    this.#text = text;
    this.#options = options;
  }

  get model(): string | undefined {
    return this.#model;
  }

  read(start: number, end: number): string {
    return this.#document.getText(rangeOf(this.#document, start, end));
  }

  /** The tree of a context; the context is tokenized when it is asked for first. */
  async tree(segment: Segment, signal: AbortSignal): Promise<TokenTree> {
    if (segment.tree !== undefined) return segment.tree;
    const { engine, known, compose } = this.#options;
    const composed = await compose?.(segment.context, signal);
    const context = composed?.text ?? segment.context;
    const text = context.slice(-longestContext);
    const isWhole = text.length === context.length && context.length < longestContext;
    const table = isWhole
      ? await engine.client.tokenize({ text }, { signal })
      : await engine.client.tokenizeWindow({ text, atStart: false, atEnd: true }, { signal });
    const cut = context.length - text.length;
    const skipped = cut + (table.starts[0] ?? 0);
    const place = (start: number): number => composed?.toConversation(start + cut) ?? start + cut;
    this.#reads.set(segment, {
      starts: table.starts.map(place),
      text: context.slice(skipped),
      skipped: composed === undefined ? skipped : undefined,
      origins: composed && behind(composed.origins, skipped),
    });
    this.#model = modelKey(engine.model);
    segment.tree ??= new TokenTree({
      engine: engine.client,
      vocabulary: await known.vocabulary(),
      prompt: table.ids,
      eol: this.#document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n',
    });
    return segment.tree;
  }

  /** What could come after the text, the `rows` most likely. */
  async candidates(
    segment: Segment,
    sampling: SamplingSettings,
    rows: number,
  ): Promise<Distribution> {
    const { signal } = new AbortController();
    const tree = await this.tree(segment, signal);
    return tree.predict(tree.cursor, { sampling, rows }, signal);
  }

  /** Where in the document the text starts that the model will see for the next token, and where it ends. */
  window({ segment, start, head }: SessionText): {
    readonly readFrom: number;
    readonly windowFrom: number;
    readonly windowTo: number;
  } {
    const read = this.#reads.get(segment);
    const { tree } = segment;
    const context = this.#options.engine.model?.config.context;
    const end = Math.min(head, lengthOf(this.#document));
    if (read === undefined || tree === undefined || context === undefined) {
      return { readFrom: start, windowFrom: start, windowTo: end };
    }
    const dropped = Math.max(0, tree.prompt.length + tree.cursor.tokenCount - context);
    const inPrompt = read.starts[dropped];
    const path = tree.cursor.path;
    const first = path.find((node) => tree.prompt.length + node.tokenCount > dropped);
    const inGenerated = segment.context.length + (first?.parent?.text.length ?? 0);
    const windowFrom = start + (inPrompt ?? inGenerated);
    return { readFrom: start, windowFrom: Math.min(windowFrom, end), windowTo: end };
  }

  /** The context as the Inspector takes it. */
  prompt(segment: Segment): Prompt {
    const read = this.#reads.get(segment);
    if (read !== undefined && read.skipped === undefined) {
      const { text, origins } = read;
      return { text, source: undefined, ...(origins && { origins }) };
    }
    const skipped = read?.skipped ?? 0;
    const { uri } = this.#document;
    const start = this.#text.start + skipped;
    return {
      text: segment.context.slice(skipped),
      source: {
        file: fileName(uri),
        line: this.#document.positionAt(start).line,
        uri: uri.toString(),
        start,
        end: this.#text.start + segment.context.length,
      },
    };
  }

  /** What was generated along the branch that the document shows. */
  line({ tree }: Segment, settings: StepSettings): FollowedLine {
    const tokens = tree?.cursor.tokens ?? [];
    return { tokens, cursor: tokens.length, ...settings };
  }

  async follow(segment: Segment, settings: StepSettings): Promise<void> {
    await this.#options.inspector.follow(this.prompt(segment), this.line(segment, settings));
  }
}

/** The same of a text without its first UTF-16 units. */
function behind({ template, parts }: PromptOrigins, skipped: number): PromptOrigins {
  const rest = parts.map(({ role, start, end }) => ({
    role,
    start: Math.max(0, start - skipped),
    end: Math.max(0, end - skipped),
  }));
  return { template, parts: rest.filter(({ start, end }) => end > start) };
}
