/** Entry of the command line: `node dist/cli.js`. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './run';
import { nodeTerminal } from './terminal';

const product = join(__dirname, '..');
const stop = new AbortController();
// The first Ctrl-C lets a command tidy up behind itself, the second ends the process.
process.once('SIGINT', () => stop.abort());

void run(process.argv.slice(2), {
  terminal: nodeTerminal(process.env, stop.signal),
  places: {
    kernels: join(__dirname, 'kernels.wasm'),
    encodings: __dirname,
    builtin: join(product, 'media', 'models', 'builtin'),
    tiny: join(product, 'media', 'models', 'tiny'),
    corpora: join(product, 'media', 'corpora'),
  },
  version: () => versionOf(readFileSync(join(product, 'package.json'), 'utf8')),
  signal: stop.signal,
}).then(async (code) => {
  await Promise.all([written(process.stdout), written(process.stderr)]);
  // Left to itself, Node 20 waits for the threads that compile WebAssembly, and now and then forever.
  process.exit(code);
});

/** Resolves when nothing that was written is still on its way. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  if (stream.writableLength === 0 || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    stream.write('', () => {
      resolve();
    });
  });
}

function versionOf(manifest: string): string {
  return (JSON.parse(manifest) as { version: string }).version;
}
