// Runs the built command line in another process, as its users do.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const cliPath = join(process.cwd(), 'dist/cli.js');

/** Each test starts processes, a third of a second each on an idle core. */
export const cliTimeoutMs = 30_000;

export const oracleFolder = (name: string): string =>
  join(process.cwd(), 'test/fixtures/oracle', name);

let folder: string | undefined;

/** A folder of its own that commands run in, so that nothing is found by accident; gone when the process ends. */
export function workFolder(): string {
  if (folder !== undefined) return folder;
  const made = mkdtempSync(join(tmpdir(), 'tokenscope-cli-'));
  process.once('exit', () => rmSync(made, { recursive: true, force: true }));
  return (folder = made);
}

interface Outcome {
  readonly code: number | null;
  readonly out: string;
  readonly error: string;
}

interface RunOptions {
  readonly input?: string | Uint8Array;
  readonly language?: string;
  /** Another build of the command line. */
  readonly cli?: string;
}

/** Runs in a folder of its own, so that nothing is found by accident. */
export function runCli(
  args: readonly string[],
  { input = '', language = 'C', cli = cliPath }: RunOptions = {},
): Promise<Outcome> {
  const child = spawn(process.execPath, [cli, ...args], {
    cwd: workFolder(),
    env: { PATH: process.env['PATH'], LANG: language },
  });
  const collect = (stream: NodeJS.ReadableStream): Buffer[] => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    return chunks;
  };
  const [out, error] = [collect(child.stdout), collect(child.stderr)];
  // A process that fails before it reads closes its input.
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      resolve({ code, out: Buffer.concat(out).toString(), error: Buffer.concat(error).toString() });
    });
  });
}

export async function cliLines<Line>(
  args: readonly string[],
  options?: RunOptions,
): Promise<Line[]> {
  const { code, out, error } = await runCli(args, options);
  assert.equal(code, 0, error);
  return out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
}
