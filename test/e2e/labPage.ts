// The lab as a person meets it: its places, its buttons, the numbers it writes.
import type { Frame, Locator } from 'playwright-core';
import type { Workbench } from '../harness/workbench';
import { readBundle } from '../l10n/bundles';
import { commandTitle } from './commandTitle';
import { readNumber } from './inspectorPage';

const sentences = readBundle('media/l10n/lab.en.json');

/** A sentence of the lab, by the end of its key. */
export function says(key: string): string {
  const found = sentences[`lab.${key}`];
  if (found === undefined) throw new Error(`the lab has no sentence ${key}`);
  return found;
}

export type LabPlace = 'vocabulary' | 'model' | 'training' | 'experiments' | 'helo';

/** A run on two busy cores. */
const longRunMs = 90_000;

export class LabPage {
  static async open(workbench: Workbench, language: 'en' | 'ja' = 'en'): Promise<LabPage> {
    await workbench.runCommand(commandTitle('openLab', language));
    return LabPage.of(workbench);
  }

  /** The lab that is open or about to be. */
  static async of(workbench: Workbench): Promise<LabPage> {
    return new LabPage(workbench, await workbench.webview('.lab .stage h1'));
  }

  private constructor(
    readonly workbench: Workbench,
    readonly frame: Frame,
  ) {}

  get stage(): Locator {
    return this.frame.locator('main.stage');
  }

  async go(place: LabPlace): Promise<void> {
    await this.frame.locator(`#place-${place}`).click();
    await this.frame.locator(`main[data-step="${place}"]`).waitFor();
  }

  /** A button by the name that keeps its focus. */
  button(focus: string): Locator {
    return this.frame.locator(`vscode-button[data-focus="${focus}"]`);
  }

  /** A control of a form by its label. */
  field(label: string): Locator {
    return this.stage.getByLabel(label, { exact: true });
  }

  /** A list of a form by its label, whose own text has the options in it too. */
  list(label: string): Locator {
    return this.stage.locator('label', { hasText: label }).locator('select').first();
  }

  /** Types into a field and leaves it, which is when it is taken. */
  async fill(label: string, value: string): Promise<void> {
    const field = this.field(label);
    await field.fill(value);
    await field.blur();
  }

  async waitFor(selector: string): Promise<void> {
    await this.stage.locator(selector).first().waitFor({ timeout: longRunMs });
  }

  /** All numbers of the table behind a heading's text, row by row. */
  async rows(within: Locator): Promise<number[][]> {
    const rows = await within.locator('tbody tr').all();
    return Promise.all(
      rows.map(async (row) => {
        const cells = await row.locator('td').allInnerTexts();
        return cells.flatMap((cell) =>
          cell
            .replaceAll('+', '')
            .split(/[\s,]+/)
            .map(readNumber),
        );
      }),
    );
  }

  /** The number behind a term of a list of facts. */
  async fact(term: string): Promise<number> {
    const value = this.stage.locator('dt', { hasText: term }).locator('+ dd').first();
    return readNumber(await value.innerText());
  }
}
