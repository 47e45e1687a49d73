/** What axe-core finds in a page. */
import { readFile } from 'node:fs/promises';
import type { AxeResults, RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

interface Axe {
  run(context: Document, options: RunOptions): Promise<AxeResults>;
}

/** What axe-core finds, as one line each; other themes and languages differ in their colours alone. */
export async function violations(page: Page, rules?: readonly string[]): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window)))
    await page.evaluate(await readFile('node_modules/axe-core/axe.min.js', 'utf8'));
  const options: RunOptions = rules ? { runOnly: [...rules] } : {};
  const { violations } = await page.evaluate(
    // The source evaluated above put it there.
    (how) => (window as unknown as { axe: Axe }).axe.run(document, how),
    options,
  );
  return violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map((node) => node.html.slice(0, 120)).join(' | ')}`,
  );
}
