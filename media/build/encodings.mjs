// Writes the rank tables of the built-in encodings to dist/: for each rank a byte that says how many, and that many bytes.
// Not compressed, for the package as a whole is. r50k_base is the start of p50k_base and has no table of its own.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, existsSync, writeFileSync, renameSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const tables = {
  p50k_base: () => import('gpt-tokenizer/bpeRanks/p50k_base'),
  cl100k_base: () => import('gpt-tokenizer/bpeRanks/cl100k_base'),
  o200k_base: () => import('gpt-tokenizer/bpeRanks/o200k_base'),
};
const names = Object.keys(tables);
const stamp = join(root, 'out/encodings.sha256');

/** Writes dist/NAME.ranks for each encoding unless all already come from the installed tables. */
export async function buildEncodings() {
  const present = hashOf([
    fileURLToPath(import.meta.url),
    join(root, 'node_modules/gpt-tokenizer/package.json'),
  ]);
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === stampOf(present)) return;
  mkdirSync(join(root, 'dist'), { recursive: true });
  mkdirSync(join(root, 'out'), { recursive: true });
  for (const name of names) {
    const { default: ranks } = await tables[name]();
    write(target(name), packed(ranks));
  }
  write(stamp, stampOf(present));
}

function target(name) {
  return join(root, `dist/${name}.ranks`);
}

/** Whoever reads the file meanwhile finds a whole one. */
function write(file, content) {
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, content);
  renameSync(draft, file);
}

/** Entries are text, or bytes where these are no text; ids of special tokens have none. */
function packed(ranks) {
  const parts = Array.from(ranks, (entry = '') => {
    const bytes = Buffer.from(entry);
    if (bytes.length > 255) throw new RangeError(`An entry has ${bytes.length} bytes.`);
    return [Buffer.of(bytes.length), bytes];
  });
  return Buffer.concat(parts.flat());
}

function stampOf(present) {
  return `${present} ${hashOf(names.map(target).filter((file) => existsSync(file)))}`;
}

function hashOf(files) {
  const hash = createHash('sha256');
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest('hex');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildEncodings();
