// Compiles the AssemblyScript kernels of the wasm device, once for every kind of engine: dist/kernels*.wasm.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = resolve(dirname(fileURLToPath(import.meta.url)), '../..');
const sources = 'src/engine/devices/wasm/kernels';
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

const relaxed = ['--enable=relaxed-simd'];
/** The memory is one that threads share: 4 GB at most. */
const shared = ['--enable=threads', '--sharedMemory', '--maximumMemory=65536'];

/** Which build goes where, and its flags beside the common ones; see `KernelBuild` in src/engine/host.ts. */
const builds = {
  'dist/kernels.wasm': [],
  'dist/kernels.relaxed.wasm': relaxed,
  'dist/kernels.simd-shared.wasm': shared,
  'dist/kernels.relaxed-shared.wasm': [...relaxed, ...shared],
};

/** Writes all builds unless they already come from the present sources. */
export async function buildKernels() {
  const hash = await hashInputs();
  if ((await read(stamp)) === `${hash} ${await hashOutputs()}`) return;
  await rm(join(root, stamp), { force: true });
  await mkdir(join(root, 'dist'), { recursive: true });
  await mkdir(join(root, dirname(stamp)), { recursive: true });
  for (const target of Object.keys(builds)) await compile(target);
  await writeFile(join(root, stamp), `${hash} ${await hashOutputs()}`);
}

/** Into a file of its own first, so that whoever reads the module meanwhile finds a whole one. */
async function compile(target) {
  const { default: asc } = await import('assemblyscript/asc');
  const entry = `${sources}/index.ts`;
  const draft = `out/kernels.${process.pid}.wasm`;
  const args = [entry, '--baseDir', root, '--outFile', draft, ...flags, ...builds[target]];
  const { error, stderr } = await asc.main(args);
  const output = stderr.toString();
  if (error) throw new Error(`The kernels do not compile.\n${output}`, { cause: error });
  // Other builds may need what this Node does not have; the tests run them where it has.
  if (builds[target].length === 0 && !WebAssembly.validate(await readFile(join(root, draft)))) {
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

async function hashOutputs() {
  const hash = createHash('sha256');
  for (const target of Object.keys(builds)) hash.update((await read(target)) ?? 'none');
  return hash.digest('hex');
}

async function read(file) {
  try {
    return await readFile(join(root, file), 'latin1');
  } catch {
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildKernels();
