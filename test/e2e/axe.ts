// What axe finds in a page of ours.
import { readFileSync } from 'node:fs';
import type { Frame } from 'playwright-core';

/** The part of axe's answer that is used. */
interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What is serious or critical, each in words. */
export async function seriousViolations(frame: Frame): Promise<string[]> {
  await frame.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
  const violations = await frame.evaluate<Violation[]>(
    `axe.run(document, { resultTypes: ['violations'] }).then((result) => result.violations)`,
  );
  return violations.filter(({ impact }) => /serious|critical/.test(impact)).map(describeViolation);
}

function describeViolation({ id, nodes }: Violation): string {
  const [first] = nodes;
  return `${id} at ${nodes.length} places, first ${first?.html.slice(0, 200) ?? ''}: ${first?.failureSummary ?? ''}`;
}
