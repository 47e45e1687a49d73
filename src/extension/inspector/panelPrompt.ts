/** The prompt of a panel: its text, and its tokens, which are made once for each model. */
import type { EngineClient } from '../../protocol/engineApi';
import { fail } from '../../protocol/failures';
import type { ModelInfo } from '../../protocol/models';
import type { TokenTable } from '../../protocol/tokens';
import { headOf, rowAtOffset } from '../tokens/tables';

export interface PromptEngine {
  readonly client: Pick<EngineClient, 'tokenize'>;
  readonly model: ModelInfo | undefined;
}

/** The longest text the panel takes. A model sees no more than its context of it anyway. */
export const longestText = 100_000;

export class PanelPrompt {
  readonly #engine: PromptEngine;
  /** Told when the text was cut after so many UTF-16 units. */
  readonly #onCut: (end: number) => void;
  #text = '';
  #table: TokenTable | undefined;
  #lookAt: number | undefined;

  constructor(engine: PromptEngine, onCut: (end: number) => void) {
    this.#engine = engine;
    this.#onCut = onCut;
  }

  get text(): string {
    return this.#text;
  }

  /** Empty until the text was tokenized. */
  get ids(): Int32Array {
    return this.#table?.ids ?? new Int32Array(0);
  }

  /** Another text; `lookAt` is the UTF-16 offset of the character whose token is to be looked at. */
  replace(text: string, lookAt: number | undefined): void {
    this.#text = text;
    this.#table = undefined;
    this.#lookAt = lookAt;
  }

  /** Another model has other tokens. */
  forgetTokens(): void {
    this.#table = undefined;
  }

  forgetLook(): void {
    this.#lookAt = undefined;
  }

  /** The token that was to be looked at, once. */
  takeLook(table: TokenTable): number | undefined {
    if (this.#lookAt === undefined) return undefined;
    const offset = this.#lookAt;
    this.#lookAt = undefined;
    return rowAtOffset(table, offset);
  }

  /** Throws `text-empty`, `text-too-large`, and what the engine throws. */
  async tokens(signal: AbortSignal): Promise<TokenTable> {
    checkText(this.#text);
    const { client } = this.#engine;
    this.#table ??= await client.tokenize({ text: this.#text }, { signal });
    this.#table = this.#cutAfterLook(this.#table);
    return this.#table;
  }

  /**
   * A model sees the last tokens of its input. When the token to be looked at is further back, the text is cut some way
   * after it, so that it is among those.
   */
  #cutAfterLook(table: TokenTable): TokenTable {
    const context = this.#engine.model?.config.context ?? Infinity;
    if (this.#lookAt === undefined || table.ids.length <= context) return table;
    const row = rowAtOffset(table, this.#lookAt);
    const kept = Math.min(table.ids.length, row + Math.ceil(context / 4));
    const end = table.ends[kept - 1] ?? 0;
    this.#text = this.#text.slice(0, end);
    this.#onCut(end);
    return headOf(table, kept);
  }
}

/** Throws `text-empty`, `text-too-large`. */
export function checkText(text: string): void {
  if (text === '') throw fail('text-empty', {});
  if (text.length > longestText) {
    throw fail('text-too-large', { characters: text.length, limit: longestText });
  }
}
