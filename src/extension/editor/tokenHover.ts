/** The hover over a shown token: asks the engine for what the card says, and keeps the card for the next look. */
import * as vscode from 'vscode';
import type { EngineService } from '../engine/engineService';
import type { KnownFacts } from '../engine/knownFacts';
import { failureOf } from '../../protocol/failures';
import type { Expectation } from '../../protocol/runs';
import type { TokenizerChoice } from '../../protocol/tokenizers';
import { language, t } from '../l10n';
import type { Notices } from '../notices';
import type { TokenPlace } from '../tokens/regionTokens';
import type { Tokenizers } from '../tokenizers/tokenizers';
import { tokenizerName } from '../tokenizers/tokenizerSources';
import { foreignCard, tokenCard } from './hoverCard';
import { mergesOfToken } from './tokenMerges';
import type { InlineTokens } from './inlineTokens';
import { stripUri } from './strip';
import { bandEnd } from './tokenMarks';
import { currentTheme, rangeOf } from './tokenPainter';

export interface HoverOptions {
  readonly engine: EngineService;
  readonly known: KnownFacts;
  readonly tokenizers: Tokenizers;
  readonly inline: InlineTokens;
  readonly notices: Notices;
}

/** What a link of the card hands to the Inspector. Offsets are UTF-16 in the document. */
interface InspectorLink {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
  readonly offset: number;
}

const expectedTokens = 5;
/** A character that more tokens share than this is told of by its first ones. */
const cardsAtMost = 4;
const keptCards = 200;

export class TokenHover implements vscode.HoverProvider {
  readonly #options: HoverOptions;
  readonly #cards = new Map<string, string>();
  readonly #forget: { dispose(): void };

  constructor(options: HoverOptions) {
    this.#options = options;
    this.#forget = options.engine.onModel(() => {
      this.#cards.clear();
    });
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
    cancellation: vscode.CancellationToken,
  ): Promise<vscode.Hover | undefined> {
    if (!this.#options.inline.isOn) return undefined;
    const controller = new AbortController();
    const listening = cancellation.onCancellationRequested(() => {
      controller.abort();
    });
    try {
      return await this.#hover(document, position, controller.signal);
    } catch (error) {
      this.#options.notices.tellOnce('hover', failureOf(error), error);
      return undefined;
    } finally {
      listening.dispose();
    }
  }

  dispose(): void {
    this.#forget.dispose();
  }

  async #hover(
    document: vscode.TextDocument,
    position: vscode.Position,
    signal: AbortSignal,
  ): Promise<vscode.Hover | undefined> {
    const place = await this.#options.inline.tokenAt(document, position, signal);
    if (place === undefined) return undefined;
    const { span, row } = place;
    const end = bandEnd(span, row);
    const rows = Array.from({ length: Math.min(end - row, cardsAtMost) }, (_, n) => row + n);
    const { tokenizers } = this.#options;
    const choice = tokenizers.choiceFor(document);
    const isModels = choice.source.kind === 'model';
    const cardOf = (at: number): Promise<string> =>
      isModels
        ? this.#card({ span, row: at }, signal)
        : this.#foreignCard({ span, row: at }, choice, signal);
    const cards = await Promise.all(rows.map(cardOf));
    if (signal.aborted) return undefined;
    const base = span.covers.start;
    const start = base + (span.table.starts[row] ?? 0);
    const range = rangeOf(document, start, base + (span.table.ends[end - 1] ?? 0));
    // The Inspector is about the model, whose tokens these are not.
    const links = isModels ? [inspectorLink(document.uri, { start, place })] : [];
    return new vscode.Hover(markdown([...cards, ...links].join('\n\n---\n\n')), range);
  }

  async #card(place: TokenPlace, signal: AbortSignal): Promise<string> {
    const { span, row } = place;
    const { table } = span;
    const before = table.ids.slice(0, row + 1);
    const theme = currentTheme();
    const key = `${theme} ${language()} ${String(span.first)} ${String(table.part[row])} ${before.join(' ')}`;
    const kept = this.#cards.get(key);
    if (kept !== undefined) return kept;
    const { known } = this.#options;
    const id = table.ids[row] ?? 0;
    const [facts, vocabulary, end, thought] = await Promise.all([
      known.facts(id),
      known.vocabulary(),
      known.scaleEnd(),
      this.#thought(place, signal),
    ]);
    const card = tokenCard(
      {
        facts,
        position: span.first === undefined ? undefined : span.first + row,
        part: table.part[row] ?? 0,
        parts: table.parts[row] ?? 1,
        thought,
        strip: stripUri(
          facts.embedding.subarray(0, 128),
          { end, theme },
          { cellWidth: 2, height: 12 },
        ),
      },
      { t, language: language(), vocabulary },
    );
    if (this.#cards.size >= keptCards) this.#cards.clear();
    this.#cards.set(key, card);
    return card;
  }

  /** What is known of a token without a model: id, bytes, and the merges that made it. */
  async #foreignCard(
    place: TokenPlace,
    choice: TokenizerChoice,
    signal: AbortSignal,
  ): Promise<string> {
    const { span, row } = place;
    const { tokenizers } = this.#options;
    const [vocabulary, merges] = await Promise.all([
      tokenizers.vocabulary(choice),
      mergesOfToken(tokenizers.client(choice), place, signal),
    ]);
    return foreignCard(
      {
        id: span.table.ids[row] ?? 0,
        tokenizer: tokenizerName(choice.source),
        position: span.first === undefined ? undefined : span.first + row,
        part: span.table.part[row] ?? 0,
        parts: span.table.parts[row] ?? 1,
        merges,
      },
      { t, language: language(), vocabulary },
    );
  }

  async #thought(
    { span, row }: TokenPlace,
    signal: AbortSignal,
  ): Promise<Expectation | 'first' | 'unknown'> {
    if (row === 0) return span.first === 0 ? 'first' : 'unknown';
    const { engine } = this.#options;
    const context = engine.model?.config.context ?? row;
    const from = Math.max(0, row - context);
    const ids = span.table.ids.slice(from, row + 1);
    return engine.client.expectation({ ids, index: row - from, top: expectedTokens }, { signal });
  }
}

function inspectorLink(
  uri: vscode.Uri,
  { start, place }: { readonly start: number; readonly place: TokenPlace },
): string {
  const { covers } = place.span;
  const link: InspectorLink = {
    uri: uri.toString(),
    start: covers.start,
    end: covers.end,
    offset: start,
  };
  const query = encodeURIComponent(JSON.stringify([link]));
  return `[${t('hover.open')}](command:tokenscope.openInspectorAt?${query})`;
}

function markdown(text: string): vscode.MarkdownString {
  const card = new vscode.MarkdownString(text);
  card.isTrusted = { enabledCommands: ['tokenscope.openInspectorAt'] };
  return card;
}
