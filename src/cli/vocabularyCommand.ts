import { bytesOfEntry } from '../engine/tokenizer/byteAlphabet';
import { PieceCounts } from '../engine/tokenizer/training/pieceCounts';
import type { LearnedMerge } from '../engine/tokenizer/training/trainVocabulary';
import { tokenizerJson, trainVocabulary } from '../engine/tokenizer/training/trainVocabulary';
import { Pace } from '../engine/work';
import { fail } from '../protocol/failures';
import { nodeParts } from '../worker/nodeHost';
import type { Command } from './command';
import { t } from './messages';
import { textParts } from './textFile';
import { readArguments, UsageError } from './usage';
import { wholeOption } from './values';
import { writeText } from '../worker/writeFile';

/** Learns a vocabulary from text files, one JSON object a merge, and writes it as tokenizer.json. */
export const vocabularyCommand: Command = async (args, { terminal, places, signal }) => {
  const { values, rest: files } = readArguments(args, {
    size: 'once',
    out: 'once',
    special: 'often',
  });
  const special = values.special.length > 0 ? values.special : ['<|endoftext|>'];
  const size = wholeOption('--size', values.size, { otherwise: 4096, least: 256 + special.length });
  const { out } = values;
  if (out === undefined || out === '') throw new UsageError(t('cli.usage.no-tokenizer-out'));
  if (files.length === 0) throw new UsageError(t('cli.usage.no-files'));

  const pace = new Pace(nodeParts(places).host, signal);
  const counts = new PieceCounts(special);
  for (const file of files) {
    for await (const text of textParts(file, (part, index) => counts.safeCut(part, index))) {
      counts.add(text);
      await pace.pause();
    }
  }
  const lines: string[] = [];
  const vocabulary = await trainVocabulary(counts.entries, {
    size,
    special,
    onMerge: (merge) => lines.push(mergeLine(merge)),
    pause: async () => {
      await pace.pause();
      if (lines.length >= linesPerBatch) await terminal.line(...lines.splice(0));
    },
  });
  await terminal.line(...lines);
  const possible = vocabulary.entries.length;
  if (possible < size) throw fail('vocabulary-too-large', { wanted: size, possible });
  await writeText(out, tokenizerJson(vocabulary));
};

const linesPerBatch = 100;

function mergeLine({ rank, left, right, count }: LearnedMerge): string {
  const bytes = [left, right].map((entry) => Buffer.from(bytesOfEntry(entry) ?? []));
  const [first, second] = bytes.map((part) => part.toString('hex'));
  const text = Buffer.concat(bytes).toString();
  return JSON.stringify({ merge: rank, left: first, right: second, text, count });
}
