// Compiles the AssemblyScript kernels of the wasm device to dist/kernels.wasm.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const sources = 'src/engine/devices/wasm/kernels';
const target = 'dist/kernels.wasm';
const stamp = 'out/kernels.sha256';

const flags = [
  '-O3',
  '--converge',
  '--noAssert',
  '--uncheckedBehavior=always',
  '--runtime=stub',
  '--importMemory',
  '--noExportMemory',
  '--initialMemory=1',
  '--enable=simd',
];

/** Writes dist/kernels.wasm unless it already comes from the present sources. */
export async function buildKernels() {
  const hash = await hashInputs();
  if ((await read(stamp)) === `${hash} ${await hashFile(target)}`) return;
  await rm(join(root, stamp), { force: true });
  await mkdir(join(root, dirname(target)), { recursive: true });
  await mkdir(join(root, dirname(stamp)), { recursive: true });
  await compile();
  await writeFile(join(root, stamp), `${hash} ${await hashFile(target)}`);
}

/** Into a file of its own first, so that whoever reads the module meanwhile finds a whole one. */
async function compile() {
  const { default: asc } = await import('assemblyscript/asc');
  const entry = `${sources}/index.ts`;
  const draft = `out/kernels.${process.pid}.wasm`;
  const args = [entry, '--baseDir', root, '--outFile', draft, ...flags];
  const { error, stderr } = await asc.main(args);
  const output = stderr.toString();
  if (error) throw new Error(`The kernels do not compile.\n${output}`, { cause: error });
  if (!WebAssembly.validate(await readFile(join(root, draft)))) {
    throw new Error('The compiled kernels are not a valid module.');
  }
  await rename(join(root, draft), join(root, target));
}

/** One hash over everything the module is made from: kernels, flags (this file) and the compiler's version. */
async function hashInputs() {
  const files = (await readdir(join(root, sources))).sort().map((name) => join(sources, name));
  const hash = createHash('sha256');
  for (const file of [
    ...files,
    'media/build/kernels.mjs',
    'node_modules/assemblyscript/package.json',
  ]) {
    hash.update(file).update(await readFile(join(root, file)));
  }
  return hash.digest('hex');
}

async function hashFile(file) {
  const content = await read(file);
  return content === undefined ? 'none' : createHash('sha256').update(content).digest('hex');
}

async function read(file) {
  try {
    return await readFile(join(root, file), 'latin1');
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildKernels();
