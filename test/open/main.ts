// Opens the built extension on the sample folder: in the VS Code that is installed, else in one from the npm registry.
import { resolve } from 'node:path';
import { packageVsix } from '../harness/packageVsix';
import { onPath, runOrThrow } from '../harness/processes';
import { Server } from '../harness/server';

const sample = resolve('media/sample');
const code = onPath('code');

if (code === undefined) await serve();
else await runOrThrow(code, ['--new-window', `--extensionDevelopmentPath=${resolve('.')}`, sample]);

/**
 * With the packaged extension: a development path that holds the server itself, as this folder does in .cache, would
 * hide the server's own themes.
 */
async function serve(): Promise<void> {
  console.log('No `code` on PATH: using VS Code’s own server (300 MB, fetched once) …');
  const server = await Server.start({ workspace: sample, vsix: await packageVsix() });
  const payload = [['openFile', server.uri(`${server.workspace}/story.md`)]];
  const query = new URLSearchParams({ folder: server.workspace, payload: JSON.stringify(payload) });
  console.log(`Tokenscope is open at\n  ${server.address}/?${query.toString()}\nCtrl+C ends it.`);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void server.stop().then(() => process.exit(0)));
  }
}
