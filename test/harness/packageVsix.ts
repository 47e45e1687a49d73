// Packages the built extension as people install it.
import { mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { runOrThrow } from './processes';

/** Where the packaged extension lies. */
export const vsixFile = resolve('out/tokenscope.vsix');

/** Packages dist/ as it is; building it is the caller's business. */
export async function packageVsix(): Promise<string> {
  mkdirSync('out', { recursive: true });
  await runOrThrow('node_modules/.bin/vsce', [
    'package',
    // Everything that runs is in the bundles.
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    vsixFile,
  ]);
  return vsixFile;
}
