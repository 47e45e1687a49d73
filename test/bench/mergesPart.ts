// Learning a vocabulary: 4,096 merges of 10 MB of program text and English comments, TypeScript's own library.
import { readFileSync } from 'node:fs';
import { PieceCounts } from '../../src/engine/tokenizer/training/pieceCounts';
import { trainVocabulary } from '../../src/engine/tokenizer/training/trainVocabulary';
import type { Measurement } from './measurement';

const textLength = 10e6;
const mergeCount = 4096;

/** CPU time on one core, and memory beside the text. */
export async function mergesPart(): Promise<readonly Measurement[]> {
  const text = ['typescript.js', 'lib.dom.d.ts', 'lib.webworker.d.ts']
    .map((file) => readFileSync(`node_modules/typescript/lib/${file}`, 'utf8'))
    .join('\n')
    .slice(0, textLength);
  if (text.length < textLength) throw new Error('the library has less than 10 MB');
  const before = process.memoryUsage().rss;
  let peak = before;
  const look = (): Promise<void> => {
    peak = Math.max(peak, process.memoryUsage().rss);
    return Promise.resolve();
  };
  const started = process.cpuUsage();
  const counts = new PieceCounts([]);
  counts.add(text);
  await look();
  const { merges } = await trainVocabulary(counts.entries, {
    size: 256 + mergeCount,
    special: [],
    pause: look,
  });
  const { user, system } = process.cpuUsage(started);
  if (merges.length !== mergeCount) throw new Error(`${merges.length} merges were made`);
  const cpuMs = (user + system) / 1000;
  return [
    { name: '4,096 merges of 10 MB, one core (CPU time)', value: cpuMs, unit: 'ms' },
    { name: '… memory at the peak, beside the text', value: (peak - before) / 1e6, unit: 'MB' },
  ];
}
