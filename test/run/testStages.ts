// The stages that run tests: in Node, inside VS Code's extension host, and against the packaged extension.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import { runHosted } from '../harness/hosted';
import { packageVsix } from '../harness/packageVsix';
import { run } from '../harness/processes';
import type { Report } from './report';

/** The part of mocha's JSON report that is used. */
interface MochaReport {
  readonly passes: readonly { readonly fullTitle: string }[];
  readonly failures: readonly {
    readonly fullTitle: string;
    readonly file: string;
    readonly err: { readonly stack?: string; readonly message?: string };
  }[];
}

export function unit(): Promise<Report> {
  // Two processes for the two cores of the smallest machine; a busy one may need ten times the usual time.
  const speed = ['--parallel', '--jobs', '2', '--timeout', '20000'];
  return steadied('unit', ['out/test/**/*.test.mjs', '--ignore', 'out/test/e2e/**'], speed);
}

export async function hosted(): Promise<Report> {
  const results = await runHosted();
  if (results.length === 0) throw new Error('no test ran inside VS Code');
  return {
    passed: results.filter((result) => result.error === undefined).length,
    failures: results.flatMap(({ title, error }) =>
      error === undefined ? [] : [`${title}\n${error}`],
    ),
  };
}

/** Packages first: the end-to-end tests use what people install. */
export async function endToEnd(): Promise<Report> {
  await packageVsix();
  return steadied('e2e', ['out/test/e2e/**/*.test.mjs'], ['--timeout', '180000']);
}

/**
 * Runs tests, and once more the files in which one failed: a window can lose its focus, or a busy machine its time. What
 * fails twice has failed, and what did not is told.
 */
async function steadied(
  name: string,
  files: readonly string[],
  options: readonly string[],
): Promise<Report> {
  const first = await mochaReport([...files, ...options], name);
  if (first.failures.length === 0) return reportOf(first);
  for (const failure of first.failures) console.log(`~ ${name}: once more: ${described(failure)}`);
  const again = [...new Set(first.failures.map(({ file }) => file))];
  const second = await mochaReport([...again, ...options], `${name}-repeated`);
  return {
    passed: new Set([...first.passes, ...second.passes].map(({ fullTitle }) => fullTitle)).size,
    failures: second.failures.map(described),
    unsteady: first.failures
      .map(({ fullTitle }) => fullTitle)
      .filter((title) => second.failures.every(({ fullTitle }) => fullTitle !== title)),
  };
}

function reportOf({ passes, failures }: MochaReport): Report {
  return { passed: passes.length, failures: failures.map(described) };
}

function described({ fullTitle, err }: MochaReport['failures'][number]): string {
  return `${fullTitle}\n${err.stack ?? err.message ?? ''}`;
}

/** A run without a single test is a fault of the run. */
async function mochaReport(args: readonly string[], name: string): Promise<MochaReport> {
  const file = resolve(`out/${name}.json`);
  mkdirSync('out', { recursive: true });
  rmSync(file, { force: true });
  const reporter = ['--reporter', 'json', '--reporter-option', `output=${file}`];
  const limitMs = 12 * 60_000;
  const { code, output } = await run('node_modules/.bin/mocha', [...args, ...reporter], {
    limitMs,
  });
  const report = readReport(file);
  if (report === undefined) throw new Error(output);
  if (code !== 0 && report.failures.length === 0) {
    throw new Error(`mocha did not end, or not well: something may keep it alive\n${output}`);
  }
  if (report.passes.length === 0 && report.failures.length === 0) throw new Error('no test ran');
  return report;
}

function readReport(file: string): MochaReport | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as MochaReport;
  } catch {
    return undefined;
  }
}
