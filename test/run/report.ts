// What a stage of the test run hands back, and how it is told.

export interface Report {
  readonly passed: number;
  /** One entry per failure: everything a person needs to see. */
  readonly failures: readonly string[];
  /** What failed first and then did not: the window's fault more often than the product's, but never left unsaid. */
  readonly unsteady?: readonly string[];
}

export type Stage = readonly [name: string, work: () => Promise<Report>];

/** Runs the stages, those of a group at the same time, prints each one's closing line and adds them up. */
export async function runStages(groups: readonly (readonly Stage[])[]): Promise<Report> {
  const reports: Report[] = [];
  for (const group of groups) reports.push(...(await Promise.all(group.map(told))));
  return {
    passed: reports.reduce((sum, report) => sum + report.passed, 0),
    failures: reports.flatMap((report) => report.failures),
  };
}

async function told([name, work]: Stage): Promise<Report> {
  const start = Date.now();
  const report = await work().catch(broken);
  for (const failure of report.failures) console.log(`\n✘ ${name}: ${failure}\n`);
  for (const test of report.unsteady ?? []) {
    console.log(`~ ${name}: failed first, passed when repeated: ${test}`);
  }
  const seconds = ((Date.now() - start) / 1000).toFixed(1);
  const repeated = report.unsteady?.length ?? 0;
  const unsteady = repeated === 0 ? '' : `, ${repeated} of them only when repeated`;
  console.log(`${name.padEnd(12)} ${closingLine(report)}${unsteady}  (${seconds} s)`);
  return report;
}

export function closingLine(report: Report): string {
  return `${report.passed} passed, ${report.failures.length} failed`;
}

/** A stage that did not come to its end counts as one failure, never as none. */
function broken(thrown: unknown): Report {
  return {
    passed: 0,
    failures: [thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown)],
  };
}
