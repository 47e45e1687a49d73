// Tokenizing with exact offsets, beside the Rust package that gives ids and no UTF-16 offsets.
import { Tokenizer } from 'tokenizers';
import { openEngine } from './enginePart';
import { against, medians, type Measurement } from './measurement';
import { sampleText } from './sampleText';

export async function tokenizerPart(): Promise<readonly Measurement[]> {
  const engine = await openEngine('wasm');
  const rust = Tokenizer.fromFile('media/models/builtin/tokenizer.json');
  const text = sampleText();
  const times = await medians(
    {
      ours: async () => {
        await engine.tokenize({ text });
        return undefined;
      },
      rust: async () => {
        await rust.encode(text);
        return undefined;
      },
    },
    { rounds: 25, warmUps: 5 },
  );
  await engine.dispose();
  return [
    against(
      { name: 'tokenize 10 kB of our own source', value: times.ours, unit: 'ms' },
      'tokenizers (Rust)',
      times.rust,
    ),
  ];
}
