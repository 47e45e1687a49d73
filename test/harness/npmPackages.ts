// Fetches packages of the npm registry as plain archives, checked against a known hash and unpacked without running anything.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOrThrow } from './processes';

export interface Archive {
  /** name@version */
  readonly spec: string;
  /** sha512 of the archive, base64. */
  readonly sha512: string;
}

/** Unpacks an archive's files (or the `members` named, as they stand in the archive) into a folder. */
export async function unpack(
  archive: Archive,
  folder: string,
  members: readonly string[] = [],
): Promise<void> {
  const holding = mkdtempSync(join(tmpdir(), 'tokenscope-pack-'));
  try {
    const output = await npm(
      ['pack', archive.spec, '--silent', '--pack-destination', holding],
      holding,
    );
    const file = join(holding, output.trim().split('\n').at(-1) ?? '');
    const sha512 = createHash('sha512').update(readFileSync(file)).digest('base64');
    if (sha512 !== archive.sha512) throw new Error(`${archive.spec} has the hash ${sha512}`);
    mkdirSync(folder, { recursive: true });
    await runOrThrow('tar', ['xzf', file, '-C', folder, '--strip-components=1', ...members]);
  } finally {
    rmSync(holding, { recursive: true, force: true });
  }
}

/** Runs npm in a folder as if from a shell: what an outer `npm run` put into the environment would change its place. */
export function npm(args: readonly string[], cwd: string): Promise<string> {
  const env = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^npm_(package|lifecycle|command|config_(local_)?prefix)/i.test(name),
    ),
  );
  return runOrThrow('npm', args, { cwd, env: { ...env, npm_config_update_notifier: 'false' } });
}
