// What the files of the built-in model say of it, for tests that do not care which model it is.
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

const folder = resolve('media/models/builtin');

/** Longest input in tokens. */
export const builtinContext = (
  JSON.parse(readFileSync(`${folder}/config.json`, 'utf8')) as { readonly n_positions: number }
).n_positions;

/** All weights together. */
export function builtinParameters(): number {
  const file = readFileSync(`${folder}/model.safetensors`);
  const headerBytes = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerBytes)) as Readonly<
    Record<string, { readonly shape?: readonly number[] }>
  >;
  return Object.values(header).reduce(
    (sum, { shape }) => sum + (shape?.reduce((a, b) => a * b, 1) ?? 0),
    0,
  );
}
