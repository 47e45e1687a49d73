// Gathers the code that the built-in model is trained on: TypeScript source and declarations of the packages that this
// project has installed, under permissive licences only. The same installation gives the same file.
//
//   node media/build/codeCorpus.mjs OUT.txt
import { createHash } from 'node:crypto';
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { dirname, extname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const packages = join(root, 'node_modules');

const permissive =
  /^\(?(?:MIT|Apache-2\.0|BSD-2-Clause|BSD-3-Clause|ISC|0BSD|MIT-0)(?: OR [^)]*)?\)?$/u;
const sourceEndings = new Set(['.ts', '.mts', '.cts']);
const documentEnd = '<|endoftext|>\n';
const limits = {
  fileBytes: 3_000_000,
  packageBytes: 4_000_000,
  lineLength: 2000,
  meanLineLength: 80,
};

/**
 * What the model is measured on, without its licence. A file with more than a few of its long lines is left out: the
 * other declarations of the language's own library that repeat its sentences, and the copies that packages carry.
 */
const heldOut = await readFile(join(packages, 'typescript/lib/lib.es5.d.ts'), 'utf8');
const heldOutLines = new Set(longLines(heldOut.slice(heldOut.indexOf('*/'))));
const mostHeldOutLines = 3;

const seen = new Set();
const texts = [];
let bytes = 0;
for (const folder of await packageFolders(packages)) {
  const licence = await licenceOf(folder);
  if (!permissive.test(licence)) continue;
  let left = limits.packageBytes;
  for (const file of await sourceFiles(folder)) {
    const text = await sourceText(file);
    if (text === undefined) continue;
    left -= Buffer.byteLength(text);
    if (left < 0) break;
    texts.push(text);
    bytes += Buffer.byteLength(text);
  }
}
const out = process.argv[2];
if (out === undefined) throw new Error('usage: node media/build/codeCorpus.mjs OUT.txt');
await writeFile(out, texts.join(documentEnd));
console.log(`${texts.length} files, ${bytes} bytes`);

async function packageFolders(parent) {
  const found = [];
  for (const entry of await namesIn(parent)) {
    const path = join(parent, entry.name);
    if (!entry.isDirectory() || entry.name.startsWith('.')) continue;
    if (entry.name.startsWith('@')) found.push(...(await packageFolders(path)));
    else found.push(path);
  }
  return found;
}

async function licenceOf(folder) {
  try {
    const { license } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8'));
    return typeof license === 'string' ? license : '';
  } catch {
    return '';
  }
}

/** Source files of a package, not of the packages nested in it. */
async function sourceFiles(folder) {
  const found = [];
  for (const entry of await namesIn(folder)) {
    const path = join(folder, entry.name);
    if (entry.name === 'node_modules') continue;
    if (entry.isDirectory()) found.push(...(await sourceFiles(path)));
    else if (sourceEndings.has(extname(entry.name))) found.push(path);
  }
  return found;
}

async function sourceText(file) {
  const text = (await readFile(file, 'utf8')).replaceAll('\r\n', '\n').replace(/\n*$/u, '\n');
  const hash = createHash('sha256').update(text).digest('hex');
  if (seen.has(hash)) return undefined;
  seen.add(hash);
  return isReadable(text) ? text : undefined;
}

/** Whether a person wrote it, or could have: neither minified nor a table of data nor a torn encoding. */
function isReadable(text) {
  const lines = text.split('\n');
  return (
    text.length > 200 &&
    text.length < limits.fileBytes &&
    text.length / lines.length < limits.meanLineLength &&
    lines.every((line) => line.length < limits.lineLength) &&
    !text.includes('\uFFFD') &&
    longLines(text).filter((line) => heldOutLines.has(line)).length <= mostHeldOutLines &&
    !text.includes('sourceMappingURL=data:')
  );
}

/** Lines long enough to be no accident, without their indentation. */
function longLines(text) {
  const lines = text.split('\n').map((line) => line.trim());
  return lines.filter((line) => line.length >= 50);
}

async function namesIn(folder) {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
}
