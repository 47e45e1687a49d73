// A tokenizer.json for each kind of model, normalizer and pre-tokenizer.
import { charsMapOf, unicodeCharsMap } from './charsMaps';
import { trainedJson, type AnyTokenizerJson } from './trainedTokenizers';

const sequence = (...pretokenizers: object[]): object => ({ type: 'Sequence', pretokenizers });
const normalizers = (...steps: object[]): object => ({ type: 'Sequence', normalizers: steps });
export const bert = {
  normalizer: {
    type: 'BertNormalizer',
    clean_text: true,
    handle_chinese_chars: true,
    strip_accents: null,
    lowercase: true,
  },
  pre_tokenizer: { type: 'BertPreTokenizer' },
};
const metaspace = { type: 'Metaspace', replacement: '▁', prepend_scheme: 'always', split: true };
export const byteLevel = {
  type: 'ByteLevel',
  add_prefix_space: false,
  trim_offsets: true,
  use_regex: true,
};
export const whitespace = { type: 'Whitespace' };
export const split = (pattern: object, behavior: string, invert = false): object => ({
  type: 'Split',
  pattern,
  behavior,
  invert,
});
export const unknown = { unk_token: '[UNK]' };

function unigram(steps: Parameters<typeof trainedJson>[1], options: object = {}): AnyTokenizerJson {
  const json = trainedJson('Unigram', steps);
  const vocab = json.model['vocab'] as readonly (readonly [string, number])[];
  const unk = vocab.findIndex(([entry]) => entry === '[UNK]');
  return { ...json, model: { ...json.model, unk_id: unk, ...options } };
}

const added = (id: number, content: string, flags: object = {}): object => ({
  id,
  content,
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: true,
  special: false,
  ...flags,
});

/** Keys of several characters, one that begins another, a text that is longer, and spaces that change. */
const oddCharsMap = charsMapOf(
  new Map([
    ['e\u0301', 'é'],
    ['か\u3099', 'が'],
    ['か', 'KA'],
    ['日', ''],
    [' ', ' _'],
    ['\r', '\n'],
    ['🇯🇵', 'JP'],
    ['👍', 'up'],
    ['the', 'THE'],
    ['t', 'tt'],
    ['½', '1/2'],
  ]),
);

export const cases: Record<string, () => AnyTokenizerJson> = {
  'WordPiece as BERT has it': () => trainedJson('WordPiece', bert, unknown),
  'WordPiece that keeps case, accents and control characters': () =>
    trainedJson(
      'WordPiece',
      {
        ...bert,
        normalizer: { ...bert.normalizer, clean_text: false, lowercase: false },
      },
      { ...unknown, max_input_chars_per_word: 9 },
    ),
  'WordPiece after accents were taken away': () =>
    trainedJson(
      'WordPiece',
      {
        normalizer: { ...bert.normalizer, strip_accents: true, lowercase: false },
        pre_tokenizer: bert.pre_tokenizer,
      },
      unknown,
    ),
  'WordLevel of words and signs': () =>
    trainedJson('WordLevel', { pre_tokenizer: whitespace }, unknown),
  'Unigram with Metaspace': () => unigram({ pre_tokenizer: metaspace }),
  'Unigram that falls back to bytes': () =>
    unigram(
      { normalizer: { type: 'NFKC' }, pre_tokenizer: { ...metaspace, prepend_scheme: 'first' } },
      { byte_fallback: true },
    ),
  'Unigram without splitting': () => unigram({ normalizer: { type: 'NFD' } }),
  'Unigram after a compiled table': () =>
    unigram({
      normalizer: { type: 'Precompiled', precompiled_charsmap: unicodeCharsMap() },
      pre_tokenizer: metaspace,
    }),
  'Unigram after a compiled table and more': () =>
    unigram({
      normalizer: normalizers(
        { type: 'Precompiled', precompiled_charsmap: oddCharsMap },
        { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' },
      ),
      pre_tokenizer: metaspace,
    }),
  'BPE of characters': () => trainedJson('BPE', { pre_tokenizer: whitespace }, unknown),
  'BPE of characters that joins what is unknown': () =>
    trainedJson(
      'BPE',
      { pre_tokenizer: { type: 'WhitespaceSplit' } },
      { ...unknown, fuse_unk: true },
    ),
  'BPE of characters that leaves out what it has not': () =>
    trainedJson('BPE', { pre_tokenizer: { type: 'Digits', individual_digits: false } }),
  'BPE that takes whole pieces, between punctuation': () =>
    trainedJson(
      'BPE',
      { pre_tokenizer: sequence({ type: 'Punctuation', behavior: 'Contiguous' }, whitespace) },
      { ...unknown, ignore_merges: true },
    ),
  'BPE as Llama has it': () =>
    trainedJson(
      'BPE',
      {
        normalizer: normalizers(
          { type: 'Prepend', prepend: '▁' },
          { type: 'Replace', pattern: { String: ' ' }, content: '▁' },
        ),
      },
      { ...unknown, fuse_unk: true, byte_fallback: true },
    ),
  'byte-level BPE with a space put before': () =>
    trainedJson('BPE', { pre_tokenizer: { ...byteLevel, add_prefix_space: true } }),
  'byte-level BPE after NFC': () =>
    trainedJson('BPE', { normalizer: { type: 'NFC' }, pre_tokenizer: byteLevel }),
  'byte-level BPE after NFKD, small letters and no accents': () =>
    trainedJson('BPE', {
      normalizer: normalizers({ type: 'NFKD' }, { type: 'Lowercase' }, { type: 'StripAccents' }),
      pre_tokenizer: byteLevel,
    }),
  'replaced and stripped text': () =>
    trainedJson(
      'BPE',
      {
        normalizer: normalizers(
          { type: 'Replace', pattern: { Regex: '\\s+|[\\p{Lu}\\d]{2,}' }, content: ' x' },
          { type: 'Strip', strip_left: true, strip_right: true },
        ),
        pre_tokenizer: sequence({ type: 'Digits', individual_digits: true }, whitespace),
      },
      unknown,
    ),
};
for (const Regex of [
  '^\\w|\\b[\\w.-]+\\b|$',
  "(?i:'s|k)|[^\\r\\n\\p{L}\\p{N}]?\\p{L}+|\\p{N}{1,3}| ?[^\\s\\p{L}\\p{N}]+[\\r\\n]*|\\s*[\\r\\n]+|\\s+(?!\\S)|\\s+",
  ' ?[^(\\s|[.,!?…。，、।۔،])]+',
  '[\\p{Lu}\\p{Lt}\\p{Lm}\\p{Lo}\\p{M}]*[\\p{Ll}\\p{Lm}\\p{Lo}\\p{M}]+|[一-龥\\p{Hiragana}]+|\\p{Han}|\\P{P}\\p{S}|.\\D',
]) {
  cases[`BPE between matches of ${Regex}`] = () =>
    trainedJson('BPE', { pre_tokenizer: split({ Regex }, 'Isolated') }, unknown);
}
cases['BPE with added tokens'] = () => {
  const json = trainedJson(
    'BPE',
    { normalizer: { type: 'Lowercase' }, pre_tokenizer: metaspace },
    unknown,
  );
  // The Rust package numbers others than those that follow the vocabulary anew.
  const next = Object.keys(json.model['vocab'] as object).length;
  return {
    ...json,
    added_tokens: [
      added(next, '<|endoftext|>', { special: true, normalized: false }),
      added(next + 1, 'The q', { rstrip: true }),
      added(next + 2, 'q日本', { lstrip: true, normalized: false }),
      added(next + 3, 'DONq', { single_word: true }),
    ],
  };
};
for (const behavior of [
  'Removed',
  'Isolated',
  'MergedWithPrevious',
  'MergedWithNext',
  'Contiguous',
]) {
  for (const invert of [false, true]) {
    cases[`BPE between matches that are ${behavior}${invert ? ', inverted' : ''}`] = () =>
      trainedJson(
        'BPE',
        { pre_tokenizer: split({ Regex: "(?i:'s|'ll)|\\w+ ?|[^\\s\\w]" }, behavior, invert) },
        unknown,
      );
  }
}
