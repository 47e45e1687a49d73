// Builds everything that runs: the bundles in dist/ and, with --tests, those of test/ in out/test/.
// usage: node esbuild.mjs [--tests[=FOLDER]] [--watch]
import { copyFileSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import * as esbuild from 'esbuild';
import { buildEncodings } from './media/build/encodings.mjs';
import { formulasPlugin } from './media/build/formulas.mjs';
import { buildKernels } from './media/build/kernels.mjs';
import { kernelTextsPlugin } from './media/build/kernelTexts.mjs';
import { templatesPlugin } from './media/build/templates.mjs';

const watch = process.argv.includes('--watch');
const testsFlag = process.argv.find((argument) => /^--tests(=|$)/.test(argument));

/** What every bundle has in common. Names are kept readable while somebody is at work on the code. */
const common = {
  bundle: true,
  metafile: true,
  sourcemap: true,
  minify: !watch,
  logLevel: 'warning',
  target: 'es2022',
};

/** Bundles that run in Node: the extension host loads CommonJS, and so do worker threads and the command line. */
const node = {
  ...common,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  // Node reads UTF-8; Japanese as escapes would take twice the room.
  charset: 'utf8',
  mainFields: ['module', 'main'],
};

/** Bundles of webviews. */
const webview = {
  ...common,
  platform: 'browser',
  format: 'iife',
  loader: { '.ttf': 'file' },
  assetNames: '[name]',
  plugins: [formulasPlugin(), templatesPlugin()],
};

const product = [
  {
    ...node,
    entryPoints: [{ in: 'src/extension/main.ts', out: 'extension' }],
    external: ['vscode'],
  },
  { ...node, entryPoints: [{ in: 'src/worker/nodeWorker.ts', out: 'worker' }] },
  { ...node, entryPoints: [{ in: 'src/worker/nodeThread.ts', out: 'thread' }] },
  { ...node, entryPoints: [{ in: 'src/worker/searchThread.ts', out: 'searchThread' }] },
  { ...node, entryPoints: [{ in: 'src/worker/labWorker.ts', out: 'labWorker' }] },
  { ...node, entryPoints: [{ in: 'src/cli/main.ts', out: 'cli' }] },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    entryPoints: [{ in: 'src/gpu/gpuWorker.ts', out: 'gpuWorker' }],
    plugins: [kernelTextsPlugin()],
  },
  {
    ...node,
    entryPoints: [{ in: 'src/gpu/comparedDevices.ts', out: 'gpujs' }],
    plugins: [kernelTextsPlugin()],
  },
  {
    ...common,
    platform: 'browser',
    format: 'iife',
    entryPoints: [{ in: 'webview/gpu/main.ts', out: 'gpu' }],
  },
  {
    // Modules, so that what is seldom used comes in a script of its own: `seldom`, with what both share in `chunk`.
    ...webview,
    format: 'esm',
    splitting: true,
    chunkNames: '[name]',
    entryPoints: [{ in: 'webview/main.ts', out: 'inspector' }],
  },
  { ...webview, entryPoints: [{ in: 'webview/lab/main.ts', out: 'lab' }] },
  { ...webview, entryPoints: [{ in: 'webview/sampling/main.ts', out: 'sampling' }] },
  { ...webview, entryPoints: [{ in: 'webview/vocabulary/main.ts', out: 'vocabulary' }] },
].map((options) => ({ ...options, outdir: 'dist' }));

const testFiles = testsFlag === undefined ? [] : filesUnder(testsFlag.split('=')[1] ?? 'test');
const isHosted = (file) => file.startsWith('test/integration/');

const testBundles = [
  {
    // Tests and tools in Node. Packages stay outside, so that the tested code meets the real ones.
    ...common,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    minify: false,
    packages: 'external',
    plugins: [kernelTextsPlugin()],
    outExtension: { '.js': '.mjs' },
    entryPoints: testFiles.filter(
      (file) => !isHosted(file) && (file.endsWith('.test.ts') || file.endsWith('/main.ts')),
    ),
  },
  {
    // Tests inside the extension host, which loads CommonJS and hands out `vscode`.
    ...node,
    minify: false,
    external: ['vscode', 'mocha'],
    outExtension: { '.js': '.cjs' },
    entryPoints: testFiles.filter(
      (file) => isHosted(file) && (file.endsWith('.test.ts') || file.endsWith('/index.ts')),
    ),
  },
]
  .filter((options) => options.entryPoints.length > 0)
  .map((options) => ({ ...options, outdir: 'out/test', outbase: 'test' }));

// Types alone, for other extensions to copy.
mkdirSync('dist', { recursive: true });
copyFileSync('src/extension/api/tokenscopeApi.ts', 'dist/api.d.ts');
await buildKernels();
await buildEncodings();
if (watch) await Promise.all([...product, ...testBundles].map(watchBundle));
else await buildAll();

async function buildAll() {
  const results = await Promise.allSettled([...product, ...testBundles].map(esbuild.build));
  // esbuild has printed what is wrong.
  if (results.some((result) => result.status === 'rejected')) process.exitCode = 1;
  // One description of all product bundles; the test of the walls reads it.
  const metafiles = results.slice(0, product.length).map((result) => result.value?.metafile);
  mkdirSync('out', { recursive: true });
  writeFileSync('out/meta.json', JSON.stringify(metafiles.filter(Boolean)));
  if (testsFlag === '--tests') removeStaleTests(results.slice(product.length));
}

/** Removes the bundles of tests that are no more. */
function removeStaleTests(results) {
  const outputs = results.flatMap((result) => Object.keys(result.value?.metafile.outputs ?? {}));
  if (outputs.length === 0) return;
  for (const file of filesUnder('out/test')) if (!outputs.includes(file)) rmSync(file);
}

async function watchBundle(options) {
  const context = await esbuild.context({ ...options, logLevel: 'info' });
  await context.watch();
}

function filesUnder(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesUnder(path) : [path];
  });
}
