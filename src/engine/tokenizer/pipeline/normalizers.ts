import * as v from 'valibot';
import { fail } from '../../../protocol/failures';
import type { Aligned } from './aligned';
import { AlignedBuilder, lowerCase, prepend, replaceMatches, sliceAligned } from './aligned';
import { bertNormalizer } from './bertNormalizer';
import { bytesOfBase64 } from './base64';
import { CharsMap } from './charsMap';
import { compilePattern } from './expression';
import { matchesOf } from './matches';
import { accentMark } from './olderUnicode';
import { precompiled } from './precompiled';
import { normaliseForm } from './unicodeForms';

/** A step that changes the text before it is split. */
export type Normalizer = (source: Aligned) => Aligned;

/**
 * The normalizer of a tokenizer.json. Source: huggingface/tokenizers, src/normalizers. Throws `tokenizer-unsupported` for
 * what is none of these steps.
 */
export function makeNormalizer(description: unknown, file: string): Normalizer {
  if (description === null || description === undefined) return (source) => source;
  const parsed = v.safeParse(schema, description);
  if (!parsed.success) {
    const what = `normalizer: ${JSON.stringify(description).slice(0, 200)}`;
    throw fail('tokenizer-unsupported', { file, what });
  }
  const step = parsed.output;
  switch (step.type) {
    case 'Sequence':
      return inOrder(step.normalizers.map((inner) => makeNormalizer(inner, file)));
    case 'NFC':
    case 'NFD':
    case 'NFKC':
    case 'NFKD':
      return (source) => normaliseForm(source, step.type);
    case 'Lowercase':
      return lowerCase;
    case 'StripAccents':
      return (source) => replaceMatches(source, accents, () => '');
    case 'Replace': {
      const pattern = compilePattern(step.pattern, file);
      return (source) => replacePattern(source, pattern, step.content);
    }
    case 'Prepend':
      return (source) => prepend(source, step.prepend);
    case 'Strip':
      return (source) => strip(source, step);
    case 'BertNormalizer':
      return bertNormalizer(step);
    case 'Precompiled':
      return precompiled(charsMapOf(step.precompiled_charsmap, file));
  }
}

const schema = v.variant('type', [
  v.object({ type: v.literal('Sequence'), normalizers: v.array(v.unknown()) }),
  v.object({ type: v.literal('NFC') }),
  v.object({ type: v.literal('NFD') }),
  v.object({ type: v.literal('NFKC') }),
  v.object({ type: v.literal('NFKD') }),
  v.object({ type: v.literal('Lowercase') }),
  v.object({ type: v.literal('StripAccents') }),
  v.object({
    type: v.literal('Replace'),
    pattern: v.union([v.object({ Regex: v.string() }), v.object({ String: v.string() })]),
    content: v.string(),
  }),
  v.object({ type: v.literal('Prepend'), prepend: v.string() }),
  v.object({
    type: v.literal('Strip'),
    strip_left: v.nullish(v.boolean(), true),
    strip_right: v.nullish(v.boolean(), true),
  }),
  v.object({
    type: v.literal('BertNormalizer'),
    clean_text: v.nullish(v.boolean(), true),
    handle_chinese_chars: v.nullish(v.boolean(), true),
    strip_accents: v.nullish(v.boolean()),
    lowercase: v.nullish(v.boolean(), true),
  }),
  v.object({ type: v.literal('Precompiled'), precompiled_charsmap: v.string() }),
]);

function charsMapOf(written: string, file: string): CharsMap {
  const map = CharsMap.read(bytesOfBase64(written));
  if (map !== undefined) return map;
  throw fail('tokenizer-unsupported', { file, what: 'normalizer: precompiled_charsmap' });
}

function inOrder(steps: readonly Normalizer[]): Normalizer {
  return (source) => steps.reduce((text, step) => step(text), source);
}

const accents = new RegExp(accentMark, 'gv');

/** Empty matches put the content in as well. */
function replacePattern(source: Aligned, pattern: RegExp, content: string): Aligned {
  const built = new AlignedBuilder(source);
  let at = 0;
  for (const match of matchesOf(source.text, pattern)) {
    built.keep(at, match.index);
    at = match.index + match[0].length;
    built.replace(match.index, at, content);
  }
  built.keep(at, source.text.length);
  return built.finish();
}

function strip(
  source: Aligned,
  sides: { readonly strip_left: boolean; readonly strip_right: boolean },
): Aligned {
  const { text } = source;
  const start = sides.strip_left ? (/^\p{White_Space}+/u.exec(text)?.[0].length ?? 0) : 0;
  const end = sides.strip_right ? text.length - spaceAtEnd(text) : text.length;
  return sliceAligned(source, start, Math.max(start, end));
}

function spaceAtEnd(text: string): number {
  let length = 0;
  while (length < text.length && /\p{White_Space}/u.test(text.charAt(text.length - length - 1))) {
    length++;
  }
  return length;
}
