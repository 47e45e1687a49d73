// Measures what the product promises: `npm run bench`, `-- --only engine,editor` for parts, `-- --out FILE.json` for a file.
import { writeFileSync } from 'node:fs';
import { editorPart } from './editorPart';
import { encodingsPart } from './encodingsPart';
import { enginePart } from './enginePart';
import { gpuPart } from './gpuPart';
import { loadingPart } from './loadingPart';
import { table, type Measurement } from './measurement';
import { mergesPart } from './mergesPart';
import { packagePart } from './packagePart';
import { panelPart } from './panelPart';
import { modelsPart, productsPart } from './peersPart';
import { steppingPart } from './steppingPart';
import { tokenizerPart } from './tokenizerPart';
import { tokensPart } from './tokensPart';
import { trainingPart } from './trainingPart';

const parts: Readonly<Record<string, () => Promise<readonly Measurement[]>>> = {
  engine: enginePart,
  tokenizer: tokenizerPart,
  encodings: encodingsPart,
  training: trainingPart,
  merges: mergesPart,
  gpu: gpuPart,
  products: productsPart,
  models: modelsPart,
  loading: loadingPart,
  editor: editorPart,
  tokens: tokensPart,
  stepping: steppingPart,
  panel: panelPart,
  package: packagePart,
};

const args = process.argv.slice(2);
const out = argument('--out');
const measurements: Measurement[] = [];
for (const name of argument('--only')?.split(',') ?? Object.keys(parts)) {
  const part = parts[name];
  if (part === undefined) throw new Error(`no part ${name}: ${Object.keys(parts).join(', ')}`);
  const found = await part();
  console.log(table(found));
  measurements.push(...found);
}
if (out !== undefined) writeFileSync(out, `${JSON.stringify(measurements, undefined, 2)}\n`);

function argument(name: string): string | undefined {
  const at = args.indexOf(name);
  return at < 0 ? undefined : args[at + 1];
}
