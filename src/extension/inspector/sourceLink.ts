/**
 * Where in a document the panel's prompt came from, followed through edits. An edit inside breaks the link: tokens of
 * the old text say nothing about the new one.
 */
import type { SourceInfo } from '../../protocol/panelApi';
import type { TokenTable } from '../../protocol/tokens';
import type { Region } from '../tokens/regionTokens';

/** One edit: `length` UTF-16 units at `offset` were replaced by `inserted` others. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly inserted: number;
}

export class SourceLink {
  readonly uri: string;
  #start: number;
  readonly #length: number;
  #isBroken = false;

  constructor(source: SourceInfo) {
    this.uri = source.uri;
    this.#start = source.start;
    this.#length = source.end - source.start;
  }

  get region(): Region | undefined {
    return this.#isBroken ? undefined : { start: this.#start, end: this.#start + this.#length };
  }

  /** Edits of one change, as VS Code gives them: offsets are those before the change. */
  edited(edits: readonly Edit[]): void {
    const start = this.#start;
    for (const { offset, length, inserted } of edits) {
      if (offset + length <= start) {
        this.#start += inserted - length;
      } else if (offset < start + this.#length) {
        this.#isBroken = true;
      }
    }
  }

  /** Where a token of the prompt stands in the document. */
  rangeOf(table: TokenTable, token: number): Region | undefined {
    const { region } = this;
    const start = table.starts[token];
    const end = table.ends[token];
    if (region === undefined || start === undefined || end === undefined) return undefined;
    if (end > this.#length || start === end) return undefined;
    return { start: region.start + start, end: region.start + end };
  }

  /** The token of the prompt that holds a place of the document. */
  tokenAt(table: TokenTable, offset: number): number | undefined {
    const { region } = this;
    if (region === undefined || offset < region.start || offset >= region.end) return undefined;
    const local = offset - region.start;
    const token = table.ends.findIndex((end) => end > local);
    return token < 0 ? undefined : token;
  }
}
