// The programs that the product is compared with, installed in a folder of their own: nobody else needs their 440 MB.
import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import type { OnnxRuntime } from './onnxRuntime';

const described = 'test/bench/peers';
const folder = resolve('.cache/peers');
const files = ['package.json', 'package-lock.json'];

/** onnxruntime-node and onnxruntime-web, installed from their lock file when they are not there yet. */
export function installPeers(): { readonly native: OnnxRuntime; readonly web: OnnxRuntime } {
  if (!isInstalled()) install();
  return { native: load('onnxruntime-node'), web: load('onnxruntime-web') };
}

/**
 * Both register themselves with a package that they share, which keeps the first under either name: each gets a copy of
 * its own.
 */
function load(name: string): OnnxRuntime {
  const require = createRequire(join(folder, 'package.json'));
  for (const file of Object.keys(require.cache)) {
    if (file.includes('onnxruntime-common')) Reflect.deleteProperty(require.cache, file);
  }
  return require(name) as OnnxRuntime;
}

function isInstalled(): boolean {
  const same = (file: string): boolean =>
    existsSync(join(folder, file)) &&
    readFileSync(join(folder, file)).equals(readFileSync(join(described, file)));
  return existsSync(join(folder, 'node_modules/.package-lock.json')) && files.every(same);
}

function install(): void {
  mkdirSync(folder, { recursive: true });
  for (const file of files) copyFileSync(join(described, file), join(folder, file));
  // The CPU's binaries lie in the package; its install script would fetch those of a GPU.
  const options = ['--ignore-scripts', '--omit=peer', '--no-audit', '--no-fund'];
  execFileSync('npm', ['ci', ...options], { cwd: folder, stdio: 'inherit' });
}
