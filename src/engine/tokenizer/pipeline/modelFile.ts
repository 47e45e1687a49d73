import * as v from 'valibot';
import { fail } from '../../../protocol/failures';
import { makePairTable } from '../describedParts';
import { checkIds, flag, isVocabulary, pairOf } from '../tokenizerFile';
import { CharacterBpe } from './characterBpe';
import type { TokenModel } from './model';
import { Unigram } from './unigram';
import { WordLevel } from './wordLevel';
import { WordPiece } from './wordPiece';

interface MadeModel {
  readonly model: TokenModel;
  readonly entries: ReadonlyMap<string, number>;
}

const vocab = v.custom<Readonly<Record<string, number>>>(isVocabulary);
const text = v.nullish(v.string(), '');

const bpe = v.object({
  type: v.literal('BPE'),
  vocab,
  merges: v.pipe(
    v.array(v.union([v.string(), v.tuple([v.string(), v.string()])])),
    v.maxLength(2 ** 21 - 1),
  ),
  // A tokenizer that draws lots has no one way to cut a text.
  dropout: v.nullish(v.literal(0)),
  unk_token: v.nullish(v.string()),
  continuing_subword_prefix: text,
  end_of_word_suffix: text,
  fuse_unk: flag,
  byte_fallback: flag,
  ignore_merges: flag,
});

const wordPiece = v.object({
  type: v.literal('WordPiece'),
  vocab,
  unk_token: v.string(),
  continuing_subword_prefix: v.nullish(v.string(), '##'),
  max_input_chars_per_word: v.nullish(v.number(), 100),
});

const wordLevel = v.object({ type: v.literal('WordLevel'), vocab, unk_token: v.string() });

const unigram = v.object({
  type: v.literal('Unigram'),
  vocab: v.array(v.tuple([v.string(), v.number()])),
  unk_id: v.nullish(v.pipe(v.number(), v.integer(), v.minValue(0))),
  byte_fallback: flag,
});

/** Old files leave the type out; the fields tell. */
export const modelSchema = v.pipe(
  v.unknown(),
  v.transform(withType),
  v.variant('type', [bpe, wordPiece, wordLevel, unigram]),
);

export type ModelDescription = v.InferOutput<typeof modelSchema>;

function withType(model: unknown): unknown {
  if (typeof model !== 'object' || model === null || 'type' in model) return model;
  if ('merges' in model) return { ...model, type: 'BPE' };
  if ('vocab' in model && Array.isArray(model.vocab)) return { ...model, type: 'Unigram' };
  const isWordPiece = 'continuing_subword_prefix' in model || 'max_input_chars_per_word' in model;
  return { ...model, type: isWordPiece ? 'WordPiece' : 'WordLevel' };
}

/** Throws `tokenizer-unsupported` for merges and marks that the vocabulary has not, and for ids that two entries have. */
export function makeModel(description: ModelDescription, file: string): MadeModel {
  if (description.type === 'Unigram') return makeUnigram(description, file);
  checkIds(description.vocab, file);
  const entries = new Map(Object.entries(description.vocab));
  switch (description.type) {
    case 'BPE':
      return { entries, model: makeBpe(description, entries, file) };
    case 'WordLevel': {
      const unknown = description.unk_token;
      return { entries, model: new WordLevel({ file, vocabulary: entries, unknown }) };
    }
    case 'WordPiece': {
      const { unk_token: unknown, continuing_subword_prefix: prefix } = description;
      const longest = description.max_input_chars_per_word;
      const model = new WordPiece({ file, vocabulary: entries, unknown, prefix, longest });
      return { entries, model };
    }
  }
}

function makeBpe(
  description: v.InferOutput<typeof bpe>,
  entries: ReadonlyMap<string, number>,
  file: string,
): CharacterBpe {
  const { unk_token: unknown, continuing_subword_prefix: prefix } = description;
  const unknownId = typeof unknown === 'string' ? entries.get(unknown) : undefined;
  if (typeof unknown === 'string' && unknownId === undefined) {
    throw fail('tokenizer-unsupported', { file, what: `model.unk_token: ${unknown}` });
  }
  const merges = description.merges.map((merge) => pairOf(merge, file));
  return new CharacterBpe({
    vocabulary: entries,
    rules: makePairTable({ entries, merges, file }, prefix.length),
    unknownId,
    fuseUnknown: description.fuse_unk,
    byteFallback: description.byte_fallback,
    prefix,
    suffix: description.end_of_word_suffix,
    wholePieces: description.ignore_merges,
  });
}

function makeUnigram(description: v.InferOutput<typeof unigram>, file: string): MadeModel {
  const { vocab: entries, unk_id: unknown, byte_fallback: byteFallback } = description;
  if (typeof unknown === 'number' && unknown >= entries.length) {
    throw fail('tokenizer-unsupported', { file, what: `model.unk_id: ${unknown}` });
  }
  return {
    entries: new Map(entries.map(([entry], id) => [entry, id])),
    model: new Unigram({ file, entries, unknownId: unknown ?? undefined, byteFallback }),
  };
}
