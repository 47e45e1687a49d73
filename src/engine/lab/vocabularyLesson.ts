import { fail } from '../../protocol/failures';
import type { VocabularyLesson } from '../../protocol/labLessons';
import type { Progress } from '../../protocol/health';
import { byteCharacters } from '../tokenizer/byteAlphabet';
import { Gpt2Splitter } from '../tokenizer/gpt2Splitter';
import { PieceCounts } from '../tokenizer/training/pieceCounts';
import {
  tokenizerJson,
  trainVocabulary,
  type LearnedMerge,
} from '../tokenizer/training/trainVocabulary';
import { openLabTokenizer } from './labTokenizer';

export interface LessonRequest {
  readonly texts: readonly string[];
  readonly size: number;
  readonly special: readonly string[];
  readonly sample: string;
}

/** Learns a vocabulary and keeps every merge. Throws `vocabulary-too-large`, `setting-invalid`. */
export async function vocabularyLesson(
  { texts, size, special, sample }: LessonRequest,
  work: { readonly pause: () => Promise<void>; readonly onProgress: (now: Progress) => void },
): Promise<VocabularyLesson> {
  const least = 256 + special.length;
  if (!Number.isInteger(size) || size < least) {
    throw fail('setting-invalid', { name: 'size', value: String(size), allowed: `≥ ${least}` });
  }
  const counts = new PieceCounts(special);
  for (const text of texts) {
    counts.add(text);
    await work.pause();
  }
  const merges: LearnedMerge[] = [];
  const total = size - least;
  const learned = await trainVocabulary(counts.entries, {
    size,
    special,
    onMerge: (merge) => {
      merges.push(merge);
      work.onProgress({ done: Math.min(merges.length, total), total });
    },
    pause: work.pause,
  });
  const possible = learned.entries.length;
  if (possible < size) throw fail('vocabulary-too-large', { wanted: size, possible });
  const ids = new Map(learned.entries.map((entry, id) => [entry, id]));
  const idOf = (entry: string): number => ids.get(entry) ?? -1;
  const json = tokenizerJson(learned);
  const { bytes, offsets, special: marks } = openLabTokenizer(json, '').tokenizer.vocabulary;
  return {
    vocabulary: { bytes: bytes.slice(), offsets: offsets.slice(), special: marks },
    left: Int32Array.from(merges, ({ left }) => idOf(left)),
    right: Int32Array.from(merges, ({ right }) => idOf(right)),
    merged: Int32Array.from(merges, ({ left, right }) => idOf(left + right)),
    count: Uint32Array.from(merges, ({ count }) => count),
    sample: bytesOf(sample, idOf),
    json,
  };
}

/** The bytes of a text as ids, and the index at which each piece starts. */
function bytesOf(text: string, idOf: (entry: string) => number): VocabularyLesson['sample'] {
  const encoder = new TextEncoder();
  const ids: number[] = [];
  const pieceStarts: number[] = [];
  for (const piece of new Gpt2Splitter().split(text)) {
    pieceStarts.push(ids.length);
    for (const byte of encoder.encode(piece)) ids.push(idOf(byteCharacters[byte] ?? ''));
  }
  return { ids: Int32Array.from(ids), pieceStarts: Uint32Array.from(pieceStarts) };
}
