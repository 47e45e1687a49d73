import * as v from 'valibot';
import { fail } from '../../protocol/failures';
import type { AddedToken } from './addedTokens';
import type { SplitStage } from './splitter';

/** A byte-level BPE tokenizer as its file describes it, checked. */
export interface TokenizerDescription {
  readonly file: string;
  /** Entries in GPT-2's byte alphabet. */
  readonly entries: ReadonlyMap<string, number>;
  /** Pairs of entries, the first merged first. */
  readonly merges: readonly (readonly [string, string])[];
  /** A piece that is an entry as a whole becomes that one token, whatever the merges say. */
  readonly wholePieces: boolean;
  readonly added: readonly AddedToken[];
  readonly stages: readonly SplitStage[];
}

/**
 * Reads the content of a tokenizer.json. What is not byte-level BPE, or would change the text before it is cut, throws
 * `tokenizer-unsupported`: offsets in another text would be wrong. Truncation, padding and the template that adds
 * marks around a text are left out, for they say nothing about the tokens of a text.
 */
export function describeTokenizer(content: unknown, file: string): TokenizerDescription {
  const parsed = v.safeParse(schema, content);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw unsupported(file, `${v.getDotPath(issue) ?? ''}: ${issue.received}`);
  }
  const { model, normalizer, pre_tokenizer: splitter, added_tokens: added } = parsed.output;
  if (!isNothing(normalizer)) throw unsupported(file, `normalizer: ${normalizer.type}`);
  checkModel(model, file);
  checkIds(model.vocab, file);
  return {
    file,
    entries: new Map(Object.entries(model.vocab)),
    merges: model.merges.map((merge) => pairOf(merge, file)),
    wholePieces: model.ignore_merges ?? false,
    added: added.map(addedToken),
    stages: stagesOf(splitter, file),
  };
}

export const flag = v.nullish(v.boolean(), false);
export const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 24));

export const addedSchema = v.object({
  id,
  content: v.string(),
  special: flag,
  single_word: flag,
  lstrip: flag,
  rstrip: flag,
  normalized: v.nullish(v.boolean()),
});

const part = v.looseObject({ type: v.string() });
type Part = v.InferOutput<typeof part>;

/** By hand: valibot's `record` drops `constructor` and `prototype`, which are tokens of GPT-2. */
export function isVocabulary(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((entry) => v.is(id, entry));
}

const schema = v.object({
  model: v.looseObject({
    // Old files leave the type out.
    type: v.nullish(v.literal('BPE')),
    vocab: v.custom<Readonly<Record<string, number>>>(isVocabulary),
    merges: v.pipe(
      v.array(v.union([v.string(), v.tuple([v.string(), v.string()])])),
      v.maxLength(2 ** 21 - 1),
    ),
    ignore_merges: v.nullish(v.boolean()),
  }),
  normalizer: v.nullish(part),
  pre_tokenizer: v.nullish(part),
  added_tokens: v.nullish(v.array(addedSchema), []),
});

/**
 * Ids without an entry are let be. Two entries of one id are refused by name: nobody could say which text the id stands
 * for, and how many bytes of the text it covers.
 */
export function checkIds(vocabulary: Readonly<Record<string, number>>, file: string): void {
  const known = new Map<number, string>();
  for (const [entry, id] of Object.entries(vocabulary)) {
    const other = known.get(id);
    if (other !== undefined) {
      const what = `model.vocab: ${JSON.stringify(other)}, ${JSON.stringify(entry)}: ${String(id)}`;
      throw unsupported(file, what);
    }
    known.set(id, entry);
  }
}

/** Options that would make other tokens than plain byte-level merging does. */
function checkModel(model: Readonly<Record<string, unknown>>, file: string): void {
  for (const option of ['dropout', 'continuing_subword_prefix', 'end_of_word_suffix']) {
    const value = model[option];
    if (value === undefined || value === null || value === '' || value === 0) continue;
    throw unsupported(file, `model.${option}: ${JSON.stringify(value)}`);
  }
}

function isNothing(step: Part | null | undefined): step is null | undefined {
  if (step === null || step === undefined) return true;
  const inner = step['normalizers'];
  return step.type === 'Sequence' && Array.isArray(inner) && inner.length === 0;
}

export function pairOf(
  merge: string | readonly [string, string],
  file: string,
): readonly [string, string] {
  if (typeof merge !== 'string') return merge;
  const parts = merge.split(' ');
  if (parts.length !== 2 || parts.includes('')) {
    throw unsupported(file, `model.merges: ${JSON.stringify(merge)}`);
  }
  return [parts[0], parts[1]];
}

export function addedToken(token: v.InferOutput<typeof addedSchema>): AddedToken {
  return {
    id: token.id,
    content: token.content,
    special: token.special,
    singleWord: token.single_word,
    stripLeft: token.lstrip,
    stripRight: token.rstrip,
    normalized: token.normalized ?? !token.special,
  };
}

/** Byte-level comes last: what it makes of the text are bytes, no longer characters. */
function stagesOf(splitter: Part | null | undefined, file: string): SplitStage[] {
  if (splitter === null || splitter === undefined) throw unsupported(file, 'pre_tokenizer: null');
  const inner = splitter.type === 'Sequence' ? splitter['pretokenizers'] : [splitter];
  const steps = v.parse(v.fallback(v.array(part), []), inner);
  if (steps.at(-1)?.type !== 'ByteLevel') {
    throw unsupported(file, `pre_tokenizer: ${steps.at(-1)?.type ?? splitter.type}`);
  }
  return steps.flatMap((step) => stageOf(step, file));
}

function stageOf(step: Part, file: string): SplitStage[] {
  const stage = step.type === 'ByteLevel' ? byteLevelStage(step) : splitStage(step);
  if (stage !== undefined) return stage;
  throw unsupported(file, `pre_tokenizer: ${JSON.stringify(step).slice(0, 200)}`);
}

/** With `add_prefix_space` a space would appear that is not in the text. */
function byteLevelStage(step: Part): SplitStage[] | undefined {
  if (step['add_prefix_space'] === true) return undefined;
  return step['use_regex'] === false ? [] : [{ kind: 'gpt2' }];
}

const splitSchema = v.object({
  type: v.literal('Split'),
  pattern: v.union([v.object({ Regex: v.string() }), v.object({ String: v.string() })]),
  behavior: v.string(),
  invert: flag,
});

function splitStage(step: Part): SplitStage[] | undefined {
  const { success, output } = v.safeParse(splitSchema, step);
  if (!success) return undefined;
  const { pattern, invert, behavior } = output;
  if (behavior === 'Isolated' && !invert) return [{ kind: 'expression', pattern, keep: 'all' }];
  return behavior === 'Removed' && invert
    ? [{ kind: 'expression', pattern, keep: 'only' }]
    : undefined;
}

function unsupported(file: string, what: string): Error {
  return fail('tokenizer-unsupported', { file, what });
}
