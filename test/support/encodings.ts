// The built-in encodings, ours and those of OpenAI's own library, and texts in many scripts.
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { get_encoding, type Tiktoken } from 'tiktoken';
import { openEncoding } from '../../src/engine/tokenizer/encodings';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer';
import type { EncodingName } from '../../src/protocol/encodings';
import type { SpecialTokens } from '../../src/protocol/tokenizers';
import { memoryFolder } from './modelFolders';
import { someText } from './tokenizers';

export async function ourEncoding(
  name: EncodingName,
  specialTokens: SpecialTokens = 'recognised',
): Promise<Tokenizer> {
  return openEncoding(name, specialTokens, async (file) => {
    const source = await memoryFolder({ [file]: readFileSync(`dist/${file}`) }).open(file);
    if (source === undefined) throw new Error(`there is no ${file}`);
    return source;
  });
}

/** The library for JavaScript has no o200k_harmony, which is o200k_base with other special tokens. */
export function openAiEncoding(name: EncodingName, harmony: Record<string, number>): Tiktoken {
  return name === 'o200k_harmony' ? get_encoding('o200k_base', harmony) : get_encoding(name);
}

const emoji = ['👨‍👩‍👧‍👦', '🏳️‍🌈', '👍🏽', '🇯🇵', '1️⃣', '🧑🏿‍🚀', '❤️', '🫠'];
const rightToLeft = ['שלום', 'עולם', 'مَرْحَبًا', 'بالعالم', '١٢٣', '\u200f', '،', 'ﷺ'];
const cases = [
  'Don\u2019t',
  "I'LL",
  "we'Ve",
  "'ſ",
  'ǅungla',
  'aʰB',
  'ﬁX',
  'ĲsSZ',
  'e\u0301E\u0301',
  "X's",
];
const scripts = [
  'नमस्ते',
  'ไทย',
  '한국어',
  '中文字符',
  'カタカナ',
  'Ελλάδα',
  'ДОМ',
  'ⅷ',
  '٤',
  'foo_bar/\n/',
  '0xFF',
];

/** Sequences that the newer patterns treat in ways of their own, among words, signs and any character of Unicode. */
export const worldText = fc
  .array(
    fc.oneof(
      fc.constantFrom(...emoji, ...rightToLeft, ...cases, ...scripts),
      fc.stringMatching(/^[\s'/\r\n]{1,5}$/),
      someText,
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
