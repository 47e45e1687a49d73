import { fail } from '../../protocol/failures';
import type { CorpusSource } from '../../protocol/labForms';
import type { LabFiles } from './labHost';
import { readGrammar, sentences } from './grammar';

/**
 * The whole text of a corpus. Throws `text-empty` for one without a character, and what reading files throws:
 * `file-not-text` for a binary one.
 */
export async function corpusText(files: LabFiles, source: CorpusSource): Promise<string> {
  const text = await textOf(files, source);
  if (text.trim() === '') throw fail('text-empty', {});
  return text;
}

async function textOf(files: LabFiles, source: CorpusSource): Promise<string> {
  switch (source.kind) {
    case 'text':
      return source.text;
    case 'files': {
      const texts: string[] = [];
      for (const file of source.files) texts.push(await files.text(file));
      return texts.join('\n');
    }
    case 'grammar': {
      const { grammar: name, seed, characters } = source;
      const grammar = readGrammar(await files.grammar(name), `${name}.json`);
      return [...sentences(grammar, seed, characters)].join('').slice(0, characters);
    }
  }
}
