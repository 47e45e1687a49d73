import * as v from 'valibot';
import { fail } from '../../../protocol/failures';
import { byteCharacters } from '../byteAlphabet';
import { Gpt2Splitter } from '../gpt2Splitter';
import { AlignedBuilder, prepend, replaceMatches, sliceAligned, type Aligned } from './aligned';
import { compilePattern } from './expression';
import { punctuation, wordCharacter } from './olderUnicode';
import { splitAligned, type Behavior } from './splitting';

/** A step that splits a piece of the text; some change it as well. */
export type PreTokenizer = (piece: Aligned) => readonly Aligned[];

/**
 * The pre-tokenizer of a tokenizer.json. Source: huggingface/tokenizers, src/pre_tokenizers. Throws
 * `tokenizer-unsupported` for what is none of these steps.
 */
export function makePreTokenizer(description: unknown, file: string): PreTokenizer {
  if (description === null || description === undefined) return (piece) => [piece];
  const parsed = v.safeParse(schema, description);
  if (!parsed.success) {
    const what = `pre_tokenizer: ${JSON.stringify(description).slice(0, 200)}`;
    throw fail('tokenizer-unsupported', { file, what });
  }
  const step = parsed.output;
  switch (step.type) {
    case 'Sequence':
      return inOrder(step.pretokenizers.map((inner) => makePreTokenizer(inner, file)));
    case 'BertPreTokenizer':
      return inOrder([splitAt(spaces, 'Removed'), splitAt(signs, 'Isolated')]);
    case 'Whitespace':
      return (piece) => splitAligned(piece, { pattern: words, behavior: 'Removed', invert: true });
    case 'WhitespaceSplit':
      return splitAt(spaces, 'Removed');
    case 'Punctuation':
      return splitAt(signs, step.behavior);
    case 'Digits':
      return splitAt(/\p{N}/gu, step.individual_digits ? 'Isolated' : 'Contiguous');
    case 'CharDelimiterSplit':
      return splitAt(compilePattern({ String: step.delimiter }, file), 'Removed');
    case 'Split': {
      const { behavior, invert } = step;
      const pattern = compilePattern(step.pattern, file);
      return (piece) => splitAligned(piece, { pattern, behavior, invert });
    }
    case 'Metaspace':
      return metaspace(step, file);
    case 'ByteLevel':
      return byteLevel(step);
  }
}

const behavior = v.picklist([
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
]);

const schema = v.variant('type', [
  v.object({ type: v.literal('Sequence'), pretokenizers: v.array(v.unknown()) }),
  v.object({ type: v.literal('BertPreTokenizer') }),
  v.object({ type: v.literal('Whitespace') }),
  v.object({ type: v.literal('WhitespaceSplit') }),
  v.object({ type: v.literal('Punctuation'), behavior: v.nullish(behavior, 'Isolated') }),
  v.object({ type: v.literal('Digits'), individual_digits: v.nullish(v.boolean(), false) }),
  v.object({ type: v.literal('CharDelimiterSplit'), delimiter: v.string() }),
  v.object({
    type: v.literal('Split'),
    pattern: v.union([v.object({ Regex: v.string() }), v.object({ String: v.string() })]),
    behavior,
    invert: v.nullish(v.boolean(), false),
  }),
  v.object({
    type: v.literal('Metaspace'),
    replacement: v.string(),
    prepend_scheme: v.nullish(v.picklist(['always', 'first', 'never'])),
    add_prefix_space: v.nullish(v.boolean(), true),
    split: v.nullish(v.boolean(), true),
  }),
  v.object({
    type: v.literal('ByteLevel'),
    add_prefix_space: v.nullish(v.boolean(), true),
    use_regex: v.nullish(v.boolean(), true),
  }),
]);

const spaces = /\p{White_Space}/gu;
const signs = new RegExp(punctuation, 'gv');
const words = new RegExp(`${wordCharacter}+|[^${wordCharacter}\\p{White_Space}]+`, 'gv');

function inOrder(steps: readonly PreTokenizer[]): PreTokenizer {
  return (piece) =>
    steps.reduce<readonly Aligned[]>((pieces, step) => pieces.flatMap(step), [piece]);
}

function splitAt(pattern: RegExp, how: Behavior): PreTokenizer {
  return (piece) => splitAligned(piece, { pattern, behavior: how });
}

/** SentencePiece's sign for a space (Kudo & Richardson 2018), which starts words. */
function metaspace(
  step: {
    readonly replacement: string;
    readonly prepend_scheme?: 'always' | 'first' | 'never' | null | undefined;
    readonly add_prefix_space: boolean;
    readonly split: boolean;
  },
  file: string,
): PreTokenizer {
  const sign = step.replacement;
  const pattern = compilePattern({ String: sign }, file);
  const scheme = step.prepend_scheme ?? (step.add_prefix_space ? 'always' : 'never');
  return (piece) => {
    const replaced = replaceMatches(piece, / /g, () => sign);
    const begins = scheme === 'always' || (scheme === 'first' && piece.from[0] === 0);
    const marked = begins && !replaced.text.startsWith(sign) ? prepend(replaced, sign) : replaced;
    return step.split ? splitAligned(marked, { pattern, behavior: 'MergedWithNext' }) : [marked];
  };
}

function byteLevel(step: {
  readonly add_prefix_space: boolean;
  readonly use_regex: boolean;
}): PreTokenizer {
  const splitter = new Gpt2Splitter();
  return (piece) => {
    const spaced =
      step.add_prefix_space && !piece.text.startsWith(' ') ? prepend(piece, ' ') : piece;
    if (!step.use_regex) return [toBytes(spaced)];
    let at = 0;
    return splitter.split(spaced.text).map(({ length }) => {
      const part = sliceAligned(spaced, at, at + length);
      at += length;
      return toBytes(part);
    });
  };
}

/** A character of GPT-2's alphabet for each byte; bytes of a character that is as it was have their own place. */
function toBytes(piece: Aligned): Aligned {
  const encoder = new TextEncoder();
  const built = new AlignedBuilder(piece);
  let index = 0;
  for (const character of piece.text) {
    const bytes = encoder.encode(character);
    const from = piece.from[index];
    const to = piece.to[index];
    const exact = piece.same[index] === 1;
    for (const [offset, byte] of bytes.entries()) {
      const place = exact ? { from: from + offset, to: from + offset + 1 } : { from, to };
      built.put(byteCharacters[byte], place.from, place.to);
    }
    index += character.length;
  }
  return built.finish();
}
