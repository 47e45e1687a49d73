import * as v from 'valibot';
import type { TokenizerDescription } from './tokenizerFile';
import { describeTokenizer } from './tokenizerFile';

/** The files GPT-2 was published with, and those transformers wrote beside them, as parsed JSON and text. */
export interface LegacyFiles {
  readonly vocabulary: unknown;
  readonly merges: string;
  /** tokenizer_config.json */
  readonly settings: unknown;
  /** added_tokens.json */
  readonly added: unknown;
}

/**
 * Describes such a tokenizer as the tokenizer.json that transformers would write for it. The end mark `<|endoftext|>`
 * is special even where no file says so: GPT2Tokenizer takes it for its start, end and unknown token.
 */
export function describeLegacyTokenizer(files: LegacyFiles): TokenizerDescription {
  const { add_prefix_space: prefix } = v.parse(settingsSchema, files.settings ?? {});
  const lines = files.merges.split(/\r?\n/);
  const content = {
    model: {
      type: 'BPE',
      vocab: files.vocabulary,
      merges: lines.filter((line, index) => line !== '' && !(index === 0 && isVersion(line))),
    },
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: prefix, use_regex: true },
    added_tokens: [...addedTokens(files).values()],
  };
  return describeTokenizer(content, 'vocab.json');
}

const settingsSchema = v.fallback(
  v.object({
    add_prefix_space: v.nullish(v.boolean(), false),
    added_tokens_decoder: v.nullish(v.record(v.string(), v.looseObject({})), {}),
  }),
  { add_prefix_space: false, added_tokens_decoder: {} },
);

function isVersion(line: string): boolean {
  return line.startsWith('#version');
}

/** By content; what tokenizer_config.json says comes last, for it says most. */
function addedTokens(files: LegacyFiles): ReadonlyMap<unknown, object> {
  const tokens = new Map<unknown, object>();
  const endId = v.parse(endSchema, files.vocabulary)[endMark];
  if (endId !== undefined) tokens.set(endMark, { id: endId, content: endMark, special: true });
  for (const [content, id] of Object.entries(v.parse(addedSchema, files.added ?? {}))) {
    if (!tokens.has(content)) tokens.set(content, { id, content });
  }
  const { added_tokens_decoder: decoder } = v.parse(settingsSchema, files.settings ?? {});
  for (const [id, token] of Object.entries(decoder)) {
    tokens.set(token['content'], { ...token, id: Number(id) });
  }
  return tokens;
}

const endMark = '<|endoftext|>';
const endSchema = v.fallback(v.object({ [endMark]: v.optional(v.number()) }), {});
const addedSchema = v.fallback(v.record(v.string(), v.number()), {});
