import { fail } from '../protocol/failures';
import type { TokenizerComparison } from '../protocol/tokenizers';
import type { PieceMerges, TokenTable } from '../protocol/tokens';
import { joinTables, type PlacedTable } from './tokenizer/joinTables';
import { compareTables } from './tokenizer/comparison';
import type { Tokenizer } from './tokenizer/tokenizer';
import type { Work } from './work';

/** UTF-16 units tokenized between two breaths: some ten milliseconds. */
const chunkUnits = 8192;
/** Longest text whose merges are told one by one. */
const mergesLimit = 4096;

/** Tokens of a text of any size, chunk by chunk between safe cuts; the result is that of tokenizing it at once. */
export async function tokenize(
  tokenizer: Tokenizer,
  text: string,
  work: Work,
): Promise<TokenTable> {
  const tables: PlacedTable[] = [];
  let byteStart = 0;
  for (const [start, end] of chunks(tokenizer, text)) {
    await work.pace.pause();
    const table = tokenizer.encode(text.slice(start, end));
    tables.push({ table, start, byteStart });
    byteStart += table.byteLength;
    work.onProgress?.({ done: end, total: text.length });
  }
  return joinTables(tables, byteStart);
}

/** Number of tokens, holding one chunk at a time. */
export async function countTokens(tokenizer: Tokenizer, text: string, work: Work): Promise<number> {
  let count = 0;
  for (const [start, end] of chunks(tokenizer, text)) {
    await work.pace.pause();
    count += tokenizer.encode(text.slice(start, end)).ids.length;
    work.onProgress?.({ done: end, total: text.length });
  }
  return count;
}

/**
 * Tokens of the part of a window that does not depend on what was cut off: from the first safe cut (or the text's own
 * start) to the last one. `starts`, `ends`, `byteStarts` and `byteLength` count from the window's start, and `byteLength`
 * is where the last token ends.
 *
 * A tokenizer that proves no safe cut between the edges leaves nothing certain to show; the window is then tokenized as
 * if it were the whole text, and its outermost tokens may differ from the larger text's.
 */
export async function tokenizeWindow(
  tokenizer: Tokenizer,
  window: { readonly text: string; readonly atStart: boolean; readonly atEnd: boolean },
  work: Work,
): Promise<TokenTable> {
  const { text } = window;
  const start = window.atStart ? 0 : nextCut(tokenizer, text, 1);
  const end = window.atEnd ? text.length : lastCut(tokenizer, text, text.length - 1);
  if (start >= end) return tokenize(tokenizer, text, work);
  const table = await tokenize(tokenizer, text.slice(start, end), work);
  const byteStart = new TextEncoder().encode(text.slice(0, start)).length;
  return joinTables([{ table, start, byteStart }], byteStart + table.byteLength);
}

/** Both cuts of a text and where they differ; half of the progress is each tokenizer's. */
export async function compareTokenizers(
  text: string,
  [first, second]: readonly [Tokenizer, Tokenizer],
  { pace, onProgress }: Work,
): Promise<TokenizerComparison> {
  const half = (before: number): Work => ({
    pace,
    onProgress: ({ done, total }) => onProgress?.({ done: before + done / 2, total }),
  });
  const firstTable = await tokenize(first, text, half(0));
  const secondTable = await tokenize(second, text, half(text.length / 2));
  return compareTables(text, firstTable, secondTable);
}

/** Throws `text-too-large` beyond 4,096 UTF-16 units. */
export function merges(tokenizer: Tokenizer, text: string): readonly PieceMerges[] {
  if (text.length > mergesLimit) {
    throw fail('text-too-large', { characters: text.length, limit: mergesLimit });
  }
  return tokenizer.merges(text);
}

/** Ranges of about `chunkUnits` that start and end at safe cuts; longer where there are none. */
function* chunks(tokenizer: Tokenizer, text: string): Generator<readonly [number, number]> {
  let start = 0;
  while (start < text.length) {
    const end = nextCut(tokenizer, text, start + chunkUnits);
    yield [start, end];
    start = end;
  }
}

/** The first safe cut at or after `from`, or the text's end. */
function nextCut(tokenizer: Tokenizer, text: string, from: number): number {
  let index = from;
  while (index < text.length && !tokenizer.safeCut(text, index)) index++;
  return Math.min(index, text.length);
}

/** The last safe cut at or before `from`, or 0. */
function lastCut(tokenizer: Tokenizer, text: string, from: number): number {
  let index = from;
  while (index > 0 && !tokenizer.safeCut(text, index)) index--;
  return Math.max(index, 0);
}
