import { byteCharacters } from '../byteAlphabet';
import { MergeQueue } from './mergeQueue';
import { MergeText } from './mergeText';

/** One merge: which two entries became one, and how often they stood side by side at that moment. */
export interface LearnedMerge {
  /** Counts from 0. */
  readonly rank: number;
  readonly left: string;
  readonly right: string;
  readonly count: number;
}

/** A vocabulary learned from text, in GPT-2's byte alphabet. */
export interface LearnedVocabulary {
  /** Special tokens, then the 256 bytes in the order of their characters, then one entry a merge. */
  readonly entries: readonly string[];
  readonly special: readonly string[];
  readonly merges: readonly (readonly [string, string])[];
}

export interface VocabularyOptions {
  /** Entries wanted, special tokens and bytes included. Fewer come out where the text has no pair left. */
  readonly size: number;
  readonly special: readonly string[];
  readonly onMerge?: ((merge: LearnedMerge) => void) | undefined;
  readonly pause: () => Promise<void>;
}

/**
 * Byte-pair encoding (Sennrich, Haddow & Birch 2016, algorithm 1): the pair of entries that occurs most often becomes an
 * entry of its own, again and again. Of equally frequent pairs the one with the lowest left id, then the lowest right id
 * is taken, as the trainer of Hugging Face's tokenizers does (tokenizers/src/models/bpe/trainer.rs), whose merges these
 * are.
 */
export async function trainVocabulary(
  pieces: ReadonlyMap<string, number>,
  options: VocabularyOptions,
): Promise<LearnedVocabulary> {
  const entries = [...options.special, ...[...byteCharacters].sort()];
  const ids = new Map(entries.map((entry, id) => [entry, id]));
  const text = new MergeText(symbolsOf(pieces, ids));
  const queue = new MergeQueue();
  // A pair that is merged twice, for one of its entries arose in two ways, counts where it was merged last.
  const merges = new Map<string, readonly [string, string]>();
  for (let rank = 0; ids.size < options.size;) {
    for (const pair of text.takeFresh()) queue.push(pair);
    const pair = queue.pop();
    if (pair === undefined) break;
    const count = text.count(pair.left, pair.right);
    if (count !== pair.count) {
      if (count > 0) queue.push({ ...pair, count });
      continue;
    }
    const [left, right] = [entries[pair.left], entries[pair.right]];
    const id = ids.get(left + right) ?? entries.push(left + right) - 1;
    ids.set(left + right, id);
    text.merge(pair, id);
    merges.delete(`${left} ${right}`);
    merges.set(`${left} ${right}`, [left, right]);
    options.onMerge?.({ rank, left, right, count });
    rank++;
    await options.pause();
  }
  return { entries, special: options.special, merges: [...merges.values()] };
}

function symbolsOf(
  pieces: ReadonlyMap<string, number>,
  ids: ReadonlyMap<string, number>,
): { symbols: Int32Array; weight: number }[] {
  const idOfByte = Int32Array.from(byteCharacters, (character) => ids.get(character) ?? -1);
  const encoder = new TextEncoder();
  return Array.from(pieces, ([piece, weight]) => {
    return { symbols: Int32Array.from(encoder.encode(piece), (byte) => idOfByte[byte]), weight };
  });
}

/** The content of a tokenizer.json that splits as GPT-2 does and merges as learned. */
export function tokenizerJson({ entries, special, merges }: LearnedVocabulary): string {
  const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
  const byteLevel = { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true };
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: special.map((content, id) => ({ id, content, ...flags, special: true })),
    normalizer: null,
    pre_tokenizer: { ...byteLevel, use_regex: true },
    post_processor: null,
    decoder: { ...byteLevel, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(entries.map((entry, id) => [entry, id])),
      merges,
    },
  });
}
