// A folder of extensions with a packaged one in it, installed by VS Code as people install it: once for each package.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { installVsCode } from './installVsCode';
import { madeOnce } from './madeOnce';
import { outerEnvironment, runOrThrow } from './processes';

/** The folder for a package, which each server copies; installs unless the same package is installed already. */
export async function installedExtensions(vsix: string): Promise<string> {
  const digest = createHash('sha256').update(readFileSync(vsix)).digest('hex').slice(0, 16);
  const folder = resolve('out/extensions', digest);
  await madeOnce(folder, async (unfinished) => {
    await install(vsix, unfinished);
    removeOthers(digest);
  });
  return folder;
}

async function install(vsix: string, folder: string): Promise<void> {
  const program = join(await installVsCode(), 'out/server-main.js');
  const data = mkdtempSync(join(tmpdir(), 'tsc-'));
  const folders = ['--server-data-dir', data, '--user-data-dir', data, '--extensions-dir', folder];
  const what = ['--accept-server-license-terms', '--install-extension', vsix, '--force'];
  try {
    const env = { ...outerEnvironment(), TMPDIR: data };
    await runOrThrow(process.execPath, [program, ...folders, ...what], { env });
  } finally {
    rmSync(data, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  }
}

/** Packages that were installed before; what another process is installing has a dot in its name. */
function removeOthers(digest: string): void {
  const installed = readdirSync('out/extensions').filter((name) => !name.includes('.'));
  for (const name of installed) {
    if (name !== digest) rmSync(join('out/extensions', name), { recursive: true, force: true });
  }
}
