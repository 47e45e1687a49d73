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
  return steadied('unit', mochaRuns('unit', 'out/test/**/*.test.mjs', ...speed, ...withoutE2e));
}

const withoutE2e = ['--ignore', 'out/test/e2e/**'];

export function hosted(): Promise<Report> {
  return steadied('hosted', { first: hostedReport, again: hostedReport });
}

/** Packages first: the end-to-end tests use what people install. */
export async function endToEnd(): Promise<Report> {
  await packageVsix();
  return steadied('e2e', mochaRuns('e2e', 'out/test/e2e/**/*.test.mjs', '--timeout', '180000'));
}

interface Runs {
  readonly first: () => Promise<MochaReport>;
  /** Runs, at the least, what failed. */
  readonly again: (failures: MochaReport['failures']) => Promise<MochaReport>;
}

/**
 * Runs tests, and once more those among which one failed: a window can lose its focus, or a busy machine its time. What
 * fails twice has failed, and what did not is told.
 */
async function steadied(name: string, runs: Runs): Promise<Report> {
  const first = await runs.first().catch((thrown: unknown) => {
    console.log(`~ ${name}: once more: ${String(thrown)}`);
    return runs.first();
  });
  if (first.failures.length === 0) return reportOf(first);
  for (const failure of first.failures) console.log(`~ ${name}: once more: ${described(failure)}`);
  const second = await runs.again(first.failures);
  return {
    passed: new Set([...first.passes, ...second.passes].map(({ fullTitle }) => fullTitle)).size,
    failures: second.failures.map(described),
    unsteady: first.failures
      .map(({ fullTitle }) => fullTitle)
      .filter((title) => second.failures.every(({ fullTitle }) => fullTitle !== title)),
  };
}

/** Runs of mocha in Node; the second one takes the files in which a test failed. */
function mochaRuns(name: string, pattern: string, ...options: readonly string[]): Runs {
  return {
    first: () => mochaReport([pattern, ...options], name),
    again: (failures) => {
      const files = [...new Set(failures.map(({ file }) => file))];
      return mochaReport([...files, ...options], `${name}-repeated`);
    },
  };
}

/** All tests inside VS Code, which has no other choice. */
async function hostedReport(): Promise<MochaReport> {
  const results = await runHosted();
  if (results.length === 0) throw new Error('no test ran inside VS Code');
  const failures: MochaReport['failures'][number][] = [];
  const passes: { fullTitle: string }[] = [];
  for (const { title, error } of results) {
    if (error === undefined) passes.push({ fullTitle: title });
    else failures.push({ fullTitle: title, file: 'out/test/integration', err: { stack: error } });
  }
  return { passes, failures };
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
