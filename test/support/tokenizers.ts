// Tokenizers to compare: ours and the Rust package's from one description, and texts that are hard on them.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { Tokenizer as RustTokenizer } from 'tokenizers';
import { ByteLevelBpe } from '../../src/engine/tokenizer/byteLevelBpe';
import { describedParts } from '../../src/engine/tokenizer/describedParts';
import { describeTokenizer } from '../../src/engine/tokenizer/tokenizerFile';

/** A tokenizer.json as far as tests change it. */
export interface TokenizerJson {
  readonly added_tokens: readonly object[];
  readonly normalizer: object | null;
  readonly pre_tokenizer: object | null;
  readonly model: {
    readonly type: string;
    readonly vocab: Readonly<Record<string, number>>;
    readonly merges: readonly (readonly [string, string])[];
  };
}

export const builtinJson = JSON.parse(
  readFileSync('media/models/builtin/tokenizer.json', 'utf8'),
) as TokenizerJson;

export function ours(json: object = builtinJson): ByteLevelBpe {
  return new ByteLevelBpe(describedParts(describeTokenizer(json, 'tokenizer.json')));
}

/** What the Rust package makes of a text. It reads unpaired surrogates as U+FFFD, as we do. */
export function rustIds(json: object = builtinJson): (text: string) => Promise<number[]> {
  const tokenizer = RustTokenizer.fromString(JSON.stringify(json));
  return async (text) => (await tokenizer.encode(text)).getIds();
}

/** Words and signs that meet the rules of splitting, mixed with characters from all of Unicode. */
const pieces = fc.oneof(
  fc.constantFrom(
    ' the',
    'The',
    " don't",
    "'s",
    "'LL",
    ' ',
    '   ',
    '\t',
    '\n',
    '\r\n',
    '\u0085',
    '\u00a0',
    '\u3000',
    '\ufeff',
    '\0',
    '12',
    '½',
    '。',
    '日本語',
    'e\u0301',
    'か\u3099',
    '🧑‍🍳',
    '𠮷',
    '<|endoftext|>',
    '<|endof',
    'constructor',
  ),
  fc.string({ unit: 'binary', maxLength: 5 }),
  fc.string({ unit: 'binary-ascii', maxLength: 8 }),
);

/** Well-formed text. */
export const someText = fc.array(pieces, { maxLength: 30 }).map((parts) => parts.join(''));

/** Any string JavaScript can hold, unpaired surrogates included. */
export const anyText = fc.oneof(
  someText,
  fc
    .array(fc.oneof(pieces, fc.integer({ min: 0xd800, max: 0xdfff })), { maxLength: 20 })
    .map((parts) =>
      parts.map((p) => (typeof p === 'string' ? p : String.fromCharCode(p))).join(''),
    ),
);
