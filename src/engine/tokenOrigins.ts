import { reaches, type TokenOrigins } from '../protocol/tokenOrigins';
import type { Tokenizer } from './tokenizer/tokenizer';
import type { Work } from './work';

/** How each entry of a tokenizer's vocabulary comes about, found by the searches that make tokens of texts. */
export async function tokenOrigins(
  tokenizer: Tokenizer,
  { pace, onProgress }: Work,
): Promise<TokenOrigins> {
  const total = tokenizer.vocabulary.offsets.length - 1;
  const reach = new Uint8Array(total);
  const ranks = new Int32Array(total).fill(-1);
  const lefts = new Int32Array(total).fill(-1);
  const rights = new Int32Array(total).fill(-1);
  const scores = new Float64Array(tokenizer.kind === 'unigram' ? total : 0).fill(NaN);
  for (let id = 0; id < total; id++) {
    if (id % entriesPerPause === 0) {
      await pace.pause();
      onProgress?.({ done: id, total });
    }
    const { reach: way, merge, score } = tokenizer.origin(id);
    reach[id] = reaches.indexOf(way);
    if (merge !== undefined) {
      ranks[id] = merge.rank;
      lefts[id] = merge.left;
      rights[id] = merge.right;
    }
    if (score !== undefined) scores[id] = score;
  }
  onProgress?.({ done: total, total });
  return { reach, ranks, lefts, rights, ...(scores.length > 0 ? { scores } : {}) };
}

/** Well under a millisecond of them. */
const entriesPerPause = 64;
