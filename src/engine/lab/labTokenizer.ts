import { fail } from '../../protocol/failures';
import type { TokenizerChoice } from '../../protocol/labForms';
import { readText } from '../files/readJson';
import { openAnyTokenizer } from '../tokenizer/openTokenizer';
import type { Tokenizer } from '../tokenizer/tokenizer';
import { PieceCounts } from '../tokenizer/training/pieceCounts';
import { tokenizerJson, trainVocabulary } from '../tokenizer/training/trainVocabulary';
import type { LabFiles } from './labHost';

/** A tokenizer with the file that describes it. */
export interface LabTokenizer {
  readonly tokenizer: Tokenizer;
  /** Content of tokenizer.json. */
  readonly json: string;
}

/**
 * The tokenizer of a form; `texts` are all texts of its corpora, for one that is made from them. Throws
 * `vocabulary-too-large` and what reading a tokenizer throws.
 */
export async function labTokenizer(
  files: LabFiles,
  choice: TokenizerChoice,
  made: { readonly texts: readonly string[]; readonly pause: () => Promise<void> },
): Promise<LabTokenizer> {
  switch (choice.kind) {
    case 'builtin':
    case 'tiny':
      return openLabTokenizer(await shippedTokenizer(files, choice.kind), 'tokenizer.json');
    case 'file':
      return openLabTokenizer(await files.text(choice.file), choice.file);
    case 'learned':
      return openLabTokenizer(await learned(choice, made), 'tokenizer.json');
    case 'characters':
      return openLabTokenizer(characterTokenizer(made.texts), 'tokenizer.json');
  }
}

/** Throws `json-malformed` or `tokenizer-unsupported`. */
export function openLabTokenizer(json: string, file: string): LabTokenizer {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (error) {
    throw fail('json-malformed', { file, why: (error as Error).message });
  }
  return { tokenizer: openAnyTokenizer(content, file), json };
}

async function shippedTokenizer(files: LabFiles, which: 'builtin' | 'tiny'): Promise<string> {
  const folder = await files.model(which);
  const json = await readText(folder, 'tokenizer.json', 1 << 27);
  if (json === undefined) throw fail('tokenizer-missing', { folder: folder.name });
  return json;
}

async function learned(
  { size, special }: Extract<TokenizerChoice, { kind: 'learned' }>,
  { texts, pause }: { readonly texts: readonly string[]; readonly pause: () => Promise<void> },
): Promise<string> {
  const counts = new PieceCounts(special);
  for (const text of texts) {
    counts.add(text);
    await pause();
  }
  const vocabulary = await trainVocabulary(counts.entries, { size, special, pause });
  const possible = vocabulary.entries.length;
  if (possible < size) throw fail('vocabulary-too-large', { wanted: size, possible });
  return tokenizerJson(vocabulary);
}

/** One token for each character, in the order in which the texts first have them. */
function characterTokenizer(texts: readonly string[]): string {
  const characters = new Set<string>();
  for (const text of texts) for (const character of text) characters.add(character);
  const vocabulary = [...characters].map((character, id) => [character, id] as const);
  return JSON.stringify({
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: {
      type: 'Split',
      pattern: { Regex: '[\\s\\S]' },
      behavior: 'Isolated',
      invert: false,
    },
    post_processor: null,
    decoder: { type: 'Fuse' },
    model: { type: 'WordLevel', vocab: Object.fromEntries(vocabulary), unk_token: '<unk>' },
  });
}
