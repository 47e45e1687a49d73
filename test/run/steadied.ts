// Repeats the files in which a test failed, and tells what failed first.
import { basename } from 'node:path';
import type { MochaFailure, MochaReport } from './mochaRun';
import type { Report } from './report';

export interface Runs {
  readonly first: () => Promise<MochaReport>;
  /** Runs some of the files, one at a time. */
  readonly again: (files: readonly string[]) => Promise<MochaReport>;
}

/**
 * Runs tests, and once more the files in which one failed: a window can lose its focus, or a busy machine its time. What
 * fails twice has failed, and what did not is told.
 */
export async function steadied(name: string, runs: Runs): Promise<Report> {
  const first = await runs.first().catch((thrown: unknown) => {
    console.log(`~ ${name}: all once more: ${String(thrown)}`);
    return runs.first();
  });
  if (first.failures.length === 0) return { passed: first.passes.length, failures: [] };
  for (const failure of first.failures)
    console.log(`~ ${name}: failed first: ${described(failure)}`);
  const files = [...new Set(first.failures.map(({ file }) => file))];
  console.log(`~ ${name}: once more, alone: ${files.map((file) => basename(file)).join(', ')}`);
  const second = await runs.again(files);
  return {
    passed: new Set([...first.passes, ...second.passes].map(({ fullTitle }) => fullTitle)).size,
    failures: second.failures.map(described),
    unsteady: first.failures
      .map(({ fullTitle }) => fullTitle)
      .filter((title) => second.failures.every(({ fullTitle }) => fullTitle !== title)),
  };
}

function described({ fullTitle, err }: MochaFailure): string {
  return `${fullTitle}\n${err.stack ?? err.message ?? ''}`;
}
