// Finds a Chromium to drive: the one that is there, else Debian's, else one that comes inside an npm package.
import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { fontEnvironment } from './fonts';
import { madeOnce } from './madeOnce';
import { unpack, type Archive } from './npmPackages';
import { isExecutable, mayInstallPackages, onPath, run, runOrThrow } from './processes';

export interface Browser {
  readonly executablePath: string;
  readonly args: readonly string[];
  readonly env: Record<string, string>;
}

/** `CHROMIUM` in the environment names a browser of your own. */
export async function findBrowser(): Promise<Browser> {
  const installed = process.env['CHROMIUM'] ?? installedBrowser() ?? (await debianBrowser());
  const fonts = await fontEnvironment();
  // Chromium refuses to run as root inside its sandbox, and containers rarely allow the sandbox at all.
  const args = ['--no-sandbox'];
  if (installed !== undefined) return { executablePath: installed, args, env: fonts };
  const packaged = await packagedBrowser();
  return { ...packaged, args: [...args, ...packaged.args], env: { ...packaged.env, ...fonts } };
}

function installedBrowser(): string | undefined {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  return (
    names.map(onPath).find((path) => path !== undefined) ?? (isExecutable(mac) ? mac : undefined)
  );
}

async function debianBrowser(): Promise<string | undefined> {
  if (!mayInstallPackages()) return undefined;
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env });
  const packages = ['chromium', 'fonts-noto-cjk'];
  await run('apt-get', ['install', '-qq', '-y', '--no-install-recommends', ...packages], { env });
  return onPath('chromium');
}

/** Chromium with the libraries it needs, made for machines that have nothing; 143 is the last package for Node 20. */
const chromiumPackage: Archive = {
  spec: '@sparticuz/chromium@143.0.4',
  sha512:
    '/6I7uQTRhRDD2/gGPQ1Gkf+Dqk0RYDACPJDZfSzz0OWk4JmUTonNHPXbrn6UIklOHlnDLf8xAAzkOZKB/cJpLA==',
};

async function packagedBrowser(): Promise<Browser> {
  const folder = resolve('.cache/chromium-143.0.4');
  await madeOnce(folder, unpackBrowser);
  return {
    executablePath: join(folder, 'chromium'),
    args: [
      '--no-zygote',
      '--use-gl=angle',
      '--use-angle=swiftshader',
      '--enable-unsafe-swiftshader',
    ],
    env: { LD_LIBRARY_PATH: join(folder, 'lib') },
  };
}

async function unpackBrowser(folder: string): Promise<void> {
  const archives = join(folder, 'archives');
  await unpack(chromiumPackage, archives);
  for (const name of ['al2023', 'swiftshader']) {
    const file = join(folder, `${name}.tar`);
    writeFileSync(file, brotliDecompressSync(readFileSync(join(archives, `bin/${name}.tar.br`))));
    await runOrThrow('tar', ['xf', file, '-C', folder]);
    rmSync(file);
  }
  const program = join(folder, 'chromium');
  writeFileSync(program, brotliDecompressSync(readFileSync(join(archives, 'bin/chromium.br'))));
  chmodSync(program, 0o755);
  rmSync(archives, { recursive: true });
}
