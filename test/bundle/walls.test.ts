import assert from 'node:assert/strict';
import { ownImports } from './metafile';

/** Which folders a folder may import from, besides itself. What is missing here is forbidden. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'src/protocol': [],
  'src/engine': ['src/protocol'],
  'src/worker': ['src/protocol', 'src/engine'],
  'src/gpu': ['src/protocol', 'src/engine', 'src/worker'],
  'src/extension': ['src/protocol'],
  'src/cli': ['src/protocol', 'src/engine', 'src/worker'],
  webview: ['src/protocol'],
};

/** The same inside the engine, where a lower folder never reaches up. */
const allowedInEngine: Readonly<Record<string, readonly string[]>> = {
  tensor: [],
  devices: ['tensor'],
  model: ['tensor', 'devices'],
  sampling: ['model'],
  tracing: ['tensor', 'devices', 'model', 'sampling'],
  training: ['tensor', 'devices', 'model', 'files'],
  files: ['tensor', 'model', 'tokenizer'],
  tokenizer: ['files'],
  texts: ['tokenizer'],
  verifying: ['devices', 'model', 'tracing'],
  lab: ['tensor', 'devices', 'model', 'sampling', 'tracing', 'training', 'files', 'tokenizer'],
};

describe('The walls between runtimes', () => {
  it('are crossed by no import', () => {
    const crossings = edges().filter(([from, to]) => {
      const [here, there] = [runtimeOf(from), runtimeOf(to)];
      return here !== there && allowed[here]?.includes(there) !== true;
    });
    assert.deepEqual(crossings.map(arrow), []);
  });

  it('stand inside the engine too', () => {
    const crossings = edges().filter(([from, to]) => {
      const [here, there] = [enginePart(from), enginePart(to)];
      if (here === undefined || here === there) return false;
      if (there === undefined) return runtimeOf(to) === 'src/engine' && isTop(to);
      return allowedInEngine[here]?.includes(there) !== true;
    });
    assert.deepEqual(crossings.map(arrow), []);
  });

  it('leave no circle of imports', () => {
    assert.deepEqual(circles(ownImports()), []);
  });
});

function edges(): [string, string][] {
  const graph = [...ownImports()];
  assert.ok(graph.length > 100, `the description of the bundles has only ${graph.length} files`);
  return graph.flatMap(([from, targets]) => [...targets].map((to): [string, string] => [from, to]));
}

function runtimeOf(file: string): string {
  return /^(webview|src\/[^/]+)\//.exec(file)?.[1] ?? file;
}

function enginePart(file: string): string | undefined {
  return /^src\/engine\/([^/]+)\//.exec(file)?.[1];
}

/** The file that puts the engine together stands above all of its parts. */
function isTop(file: string): boolean {
  return file === 'src/engine/engine.ts';
}

function arrow([from, to]: readonly [string, string]): string {
  return `${from} → ${to}`;
}

/** Every circle once, found by walking depth first: a file met again on the current path closes one. */
function circles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  const found: string[] = [];
  const finished = new Set<string>();
  const path: string[] = [];
  const walk = (file: string): void => {
    if (finished.has(file)) return;
    const at = path.indexOf(file);
    if (at >= 0) {
      found.push([...path.slice(at), file].join(' → '));
      return;
    }
    path.push(file);
    for (const target of graph.get(file) ?? []) walk(target);
    path.pop();
    finished.add(file);
  };
  for (const file of graph.keys()) walk(file);
  return found;
}
