// A tokenizer of whole words for models that come without one.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes a tokenizer.json whose first entries are the words of the text; the rest of the vocabulary has names. */
export function writeWordTokenizer(folder: string, text: string, vocabulary: number): void {
  const words = [...new Set(text.split(' '))];
  const others = Array.from({ length: vocabulary - words.length }, (_, index) => `[${index}]`);
  const vocab = Object.fromEntries([...words, ...others].map((word, id) => [word, id]));
  const model = { type: 'WordLevel', vocab, unk_token: '[0]' };
  const tokenizer = {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'WhitespaceSplit' },
    post_processor: null,
    decoder: null,
    model,
  };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer));
}
