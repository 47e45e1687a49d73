// The command line's answers, which the windows are compared with.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runOrThrow } from '../harness/processes';
import { readSafetensors, type Tensor } from '../support/safetensors';

/** One line of `tokenize`. */
export interface TokenLine {
  readonly index: number;
  readonly id: number;
  readonly bytes: string;
  readonly text: string;
}

/** One line of `generate`. */
export interface GeneratedLine {
  readonly id: number;
  readonly text: string;
  readonly probability: number;
  readonly rank: number;
}

export async function tokenize(text: string): Promise<TokenLine[]> {
  return inFolder(async (folder) => {
    const file = join(folder, 'text');
    writeFileSync(file, text);
    return lines(await cli('tokenize', file)).map((line) => JSON.parse(line) as TokenLine);
  });
}

/** Activations of the built-in model, or that of a folder, on the wasm device, by name. */
export async function trace(text: string, model?: string): Promise<ReadonlyMap<string, Tensor>> {
  return inFolder(async (folder) => {
    const file = join(folder, 'trace.safetensors');
    const from = model === undefined ? [] : ['--model', model];
    await cli('trace', '--text', text, '--out', file, ...from);
    return readSafetensors(file);
  });
}

/** Greedy continuation of a prompt, with the built-in model or that of a folder. */
export function generate(prompt: string, count: number, model?: string): Promise<GeneratedLine[]> {
  const folder = model === undefined ? [] : ['--model', model];
  return generateWith(prompt, ...folder, '--max-tokens', String(count));
}

/** Continuation of a prompt as the options say, without the closing line that tells why it stopped. */
export async function generateWith(
  prompt: string,
  ...options: readonly string[]
): Promise<GeneratedLine[]> {
  const output = await cli('generate', '--prompt', prompt, ...options);
  return lines(output)
    .slice(0, -1)
    .map((line) => JSON.parse(line) as GeneratedLine);
}

function cli(...args: readonly string[]): Promise<string> {
  return runOrThrow(process.execPath, ['dist/cli.js', ...args]);
}

function lines(output: string): string[] {
  return output.split('\n').filter((line) => line !== '');
}

async function inFolder<Result>(work: (folder: string) => Promise<Result>): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'tokenscope-e2e-'));
  try {
    return await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
