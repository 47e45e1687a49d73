// The stages that run tests: in Node, inside VS Code's extension host, and against the packaged extension.
import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { runHosted } from '../harness/hosted';
import { installedExtensions } from '../harness/installedExtensions';
import { packageVsix } from '../harness/packageVsix';
import { Lanes } from './lanes';
import { runMocha, type MochaFailure, type MochaReport } from './mochaRun';
import type { Report } from './report';
import { steadied } from './steadied';

/** Where the files are that take longest: they begin first, so that none is left over at the end. */
const longFirst = {
  unit: ['webview/', 'gpu/', 'lab/', 'tokenizer/'],
  e2e: ['stepping', 'everyView', 'lab', 'gpu', 'appearance', 'counts'],
} as const;

const e2eFolder = join('out', 'test', 'e2e');

/** A window of VS Code waits more than it computes, so that two of them share the two cores of the smallest machine. */
const windows = new Lanes(2);

export function unit(): Promise<Report> {
  const files = testFiles('out/test', longFirst.unit).filter((file) => !file.startsWith(e2eFolder));
  // A busy machine may need ten times the usual time.
  const run = (name: string, ...args: string[]): Promise<MochaReport> =>
    runMocha({ name, args: [...args, '--timeout', '20000'], limitMinutes: 12 });
  return steadied('unit', {
    first: () => run('unit', ...files, '--parallel', '--jobs', '2'),
    again: (failed) => run('unit-repeated', ...failed),
  });
}

export function hosted(): Promise<Report> {
  return steadied('hosted', {
    first: () => windows.run(() => hostedReport([])),
    again: (files) => windows.run(() => hostedReport(files.map((file) => basename(file)))),
  });
}

/** Packages first: the end-to-end tests use what people install. */
export async function endToEnd(): Promise<Report> {
  await installedExtensions(await packageVsix());
  const files = testFiles(e2eFolder, longFirst.e2e);
  return steadied('e2e', {
    first: async () =>
      joined(await Promise.all(files.map((file) => windows.run(() => told(file))))),
    again: async (failed) => {
      const reports: MochaReport[] = [];
      for (const file of failed) reports.push(await windows.run(() => told(file)));
      return joined(reports);
    },
  });
}

/** Runs a file of end-to-end tests and says so; a file that does not come to its end is one failure. */
async function told(file: string): Promise<MochaReport> {
  const start = Date.now();
  const name = `e2e/${basename(file, '.test.mjs')}`;
  const report = await runMocha({
    name,
    args: [file, '--timeout', '180000'],
    limitMinutes: 8,
  }).catch((thrown: unknown) => {
    const err = { message: String(thrown) };
    return { passes: [], failures: [{ fullTitle: `the whole of ${name}`, file, err }] };
  });
  const { passes, failures } = report;
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  console.log(`  ${name}: ${passes.length} passed, ${failures.length} failed  (${seconds} s)`);
  return report;
}

function joined(reports: readonly MochaReport[]): MochaReport {
  return {
    passes: reports.flatMap(({ passes }) => passes),
    failures: reports.flatMap(({ failures }) => failures),
  };
}

/** The tests inside VS Code of some files, or of all where none is named. */
async function hostedReport(files: readonly string[]): Promise<MochaReport> {
  const results = await runHosted(files);
  if (results.length === 0) throw new Error('no test ran inside VS Code');
  const failures: MochaFailure[] = [];
  const passes: { fullTitle: string }[] = [];
  for (const { title, file, error } of results) {
    if (error === undefined) passes.push({ fullTitle: title });
    else failures.push({ fullTitle: title, file, err: { stack: error } });
  }
  return { passes, failures };
}

/** The files of tests in Node below a folder; those whose path begins as one of the starts does come first. */
function testFiles(folder: string, starts: readonly string[]): string[] {
  const place = (name: string): number => {
    const index = starts.findIndex((start) => name.startsWith(start));
    return index < 0 ? starts.length : index;
  };
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.mjs'))
    .sort()
    .sort((a, b) => place(a) - place(b))
    .map((name) => join(folder, name));
}
