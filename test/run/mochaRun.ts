// Runs mocha in a process of its own and reads its report.
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { run } from '../harness/processes';

/** The part of mocha's JSON report that is used. */
export interface MochaReport {
  readonly passes: readonly { readonly fullTitle: string }[];
  readonly failures: readonly MochaFailure[];
}

export interface MochaFailure {
  readonly fullTitle: string;
  readonly file: string;
  readonly err: { readonly stack?: string; readonly message?: string };
}

export interface MochaRun {
  /** The report is out/NAME.json. */
  readonly name: string;
  readonly args: readonly string[];
  readonly limitMinutes: number;
}

/** Throws when mocha does not come to its end; a run without a single test is a fault of the run, too. */
export async function runMocha({ name, args, limitMinutes }: MochaRun): Promise<MochaReport> {
  const file = resolve(`out/${name}.json`);
  mkdirSync(dirname(file), { recursive: true });
  rmSync(file, { force: true });
  const reporter = ['--reporter', 'json', '--reporter-option', `output=${file}`];
  const limitMs = limitMinutes * 60_000;
  const start = Date.now();
  const all = [...args, ...reporter];
  const { code, output } = await run('node_modules/.bin/mocha', all, { limitMs });
  const report = readReport(file);
  if (report === undefined) {
    const seconds = ((Date.now() - start) / 1000).toFixed(0);
    throw new Error(`mocha wrote no report in ${seconds} s\n${output}`);
  }
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
