// What axe finds in a page of ours.
import { readFileSync } from 'node:fs';
import type { Frame } from 'playwright-core';

/** The part of axe's answer that is used. */
interface Violation {
  readonly id: string;
  readonly impact: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
}

/** What is serious or critical, each in words; by some rules alone, or by all. */
export async function seriousViolations(
  frame: Frame,
  rules?: readonly string[],
): Promise<string[]> {
  if (!(await frame.evaluate(`'axe' in window`)))
    await frame.evaluate(readFileSync('node_modules/axe-core/axe.min.js', 'utf8'));
  const how = JSON.stringify({ resultTypes: ['violations'], ...(rules && { runOnly: rules }) });
  const violations = await frame.evaluate<Violation[]>(
    `axe.run(document, ${how}).then((result) => result.violations)`,
  );
  return violations.filter(({ impact }) => /serious|critical/.test(impact)).map(describeViolation);
}

function describeViolation({ id, nodes }: Violation): string {
  const [first] = nodes;
  return `${id} at ${nodes.length} places, first ${first?.html.slice(0, 200) ?? ''}: ${first?.failureSummary ?? ''}`;
}
