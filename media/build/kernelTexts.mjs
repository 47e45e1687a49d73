// Kernels of GPU.js are translated from their own text when the program runs, so no bundler may touch them: each function
// of a file `….kernel.ts` becomes a string that holds it as it was written, its types taken off.
import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import * as esbuild from 'esbuild';

/** An esbuild plugin: the functions that a `….kernel.ts` exports are texts at run time. */
export function kernelTextsPlugin() {
  return {
    name: 'kernelTexts',
    setup(build) {
      build.onLoad({ filter: /\.kernel\.ts$/ }, async ({ path }) => ({
        contents: await kernelTexts(path),
        loader: 'js',
      }));
    },
  };
}

async function kernelTexts(path) {
  const options = { loader: 'ts', target: 'es2022', format: 'esm' };
  const { code } = await esbuild.transform(await readFile(path, 'utf8'), options);
  const texts = [...code.matchAll(/^function (\w+)\([^]*?^\}$/gm)];
  const exported = /^export \{([^}]*)\}/m.exec(code)?.[1]?.match(/\w+/g) ?? [];
  if (texts.length === 0 || texts.length !== exported.length) {
    throw new Error(`${relative('.', path)} holds more than exported functions`);
  }
  return texts.map(([text, name]) => `export const ${name} = ${JSON.stringify(text)};`).join('\n');
}
