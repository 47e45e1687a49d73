// The product's bundles as esbuild describes them: which file imports which, and what ended where.
import { readFileSync } from 'node:fs';
import type { Metafile } from 'esbuild';

export interface Bundled {
  /** File in dist/ without extension. */
  readonly name: string;
  readonly bytes: number;
  /** The inputs that left at least one byte in the bundle. */
  readonly inputs: readonly string[];
  /** npm packages among them. */
  readonly packages: readonly string[];
  /** What the bundle leaves to its runtime. */
  readonly external: readonly string[];
}

const metafiles = JSON.parse(readFileSync('out/meta.json', 'utf8')) as Metafile[];

export function bundles(): Bundled[] {
  return metafiles
    .flatMap(({ outputs }) => Object.entries(outputs))
    .filter(([file]) => file.endsWith('.js'))
    .map(([file, output]) => {
      const inputs = Object.entries(output.inputs)
        .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
        .map(([input]) => input);
      return {
        name: file.replace(/^dist\/(.*)\.js$/, '$1'),
        bytes: output.bytes,
        inputs,
        packages: [...new Set(inputs.flatMap(packageOf))].sort(),
        external: output.imports.filter((edge) => edge.external).map((edge) => edge.path),
      };
    });
}

export function bundle(name: string): Bundled {
  const found = bundles().find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`there is no bundle ${name}`);
  return found;
}

/** Imports between our own files, over all bundles. */
export function ownImports(): Map<string, ReadonlySet<string>> {
  const graph = new Map<string, Set<string>>();
  for (const [file, input] of metafiles.flatMap(({ inputs }) => Object.entries(inputs))) {
    if (!isOwn(file)) continue;
    const imports = graph.get(file) ?? new Set<string>();
    graph.set(file, imports);
    for (const edge of input.imports) if (isOwn(edge.path)) imports.add(edge.path);
  }
  return graph;
}

function isOwn(file: string): boolean {
  return /^(src|webview)\//.test(file);
}

function packageOf(input: string): string[] {
  const match = /node_modules\/((?:@[^/]+\/)?[^/]+)\/(?!.*node_modules\/)/.exec(input);
  return match?.[1] === undefined ? [] : [match[1]];
}
