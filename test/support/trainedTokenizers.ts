// Small tokenizers of every kind, trained by the Rust package on the sample texts.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Tokenizer } from 'tokenizers';

const samples = ['english', 'japanese', 'code'].map((name) => `test/fixtures/text/${name}.txt`);
const empty = {
  BPE: { vocab: {}, merges: [] },
  Unigram: { vocab: [], unk_id: null },
  WordLevel: { vocab: {}, unk_token: '[UNK]' },
  WordPiece: {
    vocab: {},
    unk_token: '[UNK]',
    continuing_subword_prefix: '##',
    max_input_chars_per_word: 100,
  },
};

export type ModelKind = keyof typeof empty;

export interface AnyTokenizerJson {
  readonly [field: string]: unknown;
  readonly model: Readonly<Record<string, unknown>>;
}

/** A tokenizer.json with these steps; the model's `options` are put over what training made. */
export function trainedJson(
  kind: ModelKind,
  steps: { readonly normalizer?: object; readonly pre_tokenizer?: object },
  options: Readonly<Record<string, unknown>> = {},
): AnyTokenizerJson {
  const described = { ...nothing, ...steps };
  const blank = { ...described, added_tokens: [], model: { type: kind, ...empty[kind] } };
  const tokenizer = Tokenizer.fromString(JSON.stringify(blank));
  tokenizer.train(samples);
  const json = JSON.parse(saved(tokenizer)) as AnyTokenizerJson;
  const vocab = { vocab: withUnknown(json.model['vocab']) };
  return { ...json, ...described, model: { ...json.model, ...vocab, ...options } };
}

const nothing = { normalizer: null, pre_tokenizer: null };

/** Entries for what is unknown and for each byte, which training makes none of. */
function withUnknown(vocab: unknown): unknown {
  const bytes = Array.from({ length: 256 }, (_, byte) => {
    return `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`;
  });
  const more = ['[UNK]', ...bytes];
  if (Array.isArray(vocab)) return [...(vocab as unknown[]), ...more.map((entry) => [entry, -20])];
  const trained = vocab as Readonly<Record<string, number>>;
  const next = Math.max(...Object.values(trained)) + 1;
  const added = more.map((entry, index) => [entry, next + index] as const);
  return { ...trained, ...Object.fromEntries(added) };
}

function saved(tokenizer: Tokenizer): string {
  const folder = mkdtempSync(join(tmpdir(), 'tokenscope-trained-'));
  try {
    tokenizer.save(join(folder, 'tokenizer.json'));
    return readFileSync(join(folder, 'tokenizer.json'), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}
