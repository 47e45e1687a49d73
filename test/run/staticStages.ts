// The stages that read the code without running it. Each is one test: its program ends without a complaint or not.
import { run } from '../harness/processes';
import type { Report } from './report';

export function types(): Promise<Report> {
  return program('tsc', ['-b']);
}

export function lint(): Promise<Report> {
  return program('eslint', [
    '.',
    '--max-warnings',
    '0',
    '--cache',
    '--cache-location',
    'out/eslint',
  ]);
}

export function formatting(): Promise<Report> {
  return program('prettier', ['--check', '.', '--log-level', 'warn']);
}

export function unused(): Promise<Report> {
  return program('knip', []);
}

async function program(name: string, args: readonly string[]): Promise<Report> {
  const { code, output } = await run(`node_modules/.bin/${name}`, args);
  return code === 0 ? { passed: 1, failures: [] } : { passed: 0, failures: [output.trim()] };
}
