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
}).then((code) => {
  // Not process.exit: what was written may still be on its way.
  process.exitCode = code;
});

function versionOf(manifest: string): string {
  return (JSON.parse(manifest) as { version: string }).version;
}
