// The Inspector as a person meets it: its strip, its rail, the numbers it writes.
import assert from 'node:assert/strict';
import type { Frame, Locator } from 'playwright-core';
import type { Step } from '../../src/protocol/axes';
import type { Workbench } from '../harness/workbench';
import { sentence } from './session';

export class InspectorPage {
  /** Selects the sample's sentence and inspects it with the command of the given title. */
  static async inspect(
    workbench: Workbench,
    title = 'Tokenscope: Inspect Selection',
  ): Promise<InspectorPage> {
    await workbench.selectInLine(sentence.line, 0, sentence.text.length);
    await workbench.runCommand(title);
    return InspectorPage.of(workbench);
  }

  /** The Inspector that is open or about to be. */
  static async of(workbench: Workbench): Promise<InspectorPage> {
    return new InspectorPage(workbench, await workbench.webview('.strip .token'));
  }

  private constructor(
    readonly workbench: Workbench,
    readonly frame: Frame,
  ) {}

  get tokens(): Locator {
    return this.frame.locator('.strip .token');
  }

  get stage(): Locator {
    return this.frame.locator('main.stage');
  }

  /** Tokens of the generation's line. */
  get generated(): Locator {
    return this.frame.locator('.timeline .made');
  }

  /** Opens a step by its place on the rail, and waits for its picture. */
  async open(step: Step): Promise<void> {
    await this.frame.locator(`.rail li.${step} > button.step`).click();
    await this.frame.locator(`main[data-step="${step}"]`).waitFor();
  }

  async press(key: string): Promise<void> {
    await this.workbench.page.keyboard.press(key);
  }

  /** Waits for what is drawn in the frames after the numbers came. */
  async painted(): Promise<void> {
    await this.frame.evaluate(
      (frames) =>
        new Promise<void>((resolve) => {
          const wait = (left: number): void => {
            if (left === 0) resolve();
            else
              requestAnimationFrame(() => {
                wait(left - 1);
              });
          };
          wait(frames);
        }),
      4,
    );
  }

  /** The ids as the strip writes them. */
  async ids(): Promise<number[]> {
    return (await this.tokens.locator('.id').allTextContents()).map(Number);
  }

  /** The numbers of the first row of a table that has the given text; waits for them to be written. */
  async row(text: string): Promise<number[]> {
    const row = this.stage
      .locator('tr')
      .filter({ hasText: text })
      .filter({ hasText: /\d/ })
      .first();
    await row.waitFor();
    const cells = await row.locator('td, th').allInnerTexts();
    return cells.map(readNumber).filter((value) => !Number.isNaN(value));
  }

  /** Presses the button of the timeline with the given place: back, step, run. */
  async pressTimeline(button: 'back' | 'step' | 'run'): Promise<void> {
    const index = { back: 0, step: 1, run: 2 }[button];
    await this.frame.locator('.timeline .buttons vscode-button').nth(index).click();
  }
}

/** A number as the Inspector writes it: a real minus, groups of three, perhaps a percent sign; NaN for anything else. */
export function readNumber(text: string): number {
  const plain = text.trim().replaceAll(',', '').replace('−', '-');
  if (!/^-?\d+(\.\d+)?(\s*%)?$/.test(plain)) return Number.NaN;
  return plain.endsWith('%') ? Number.parseFloat(plain) / 100 : Number(plain);
}

/** Compares written numbers with computed ones: they may differ by half of the last digit that is written. */
export function assertWritten(
  written: readonly number[],
  computed: readonly number[],
  digits: number,
): void {
  assert.ok(written.length > 0, 'no number is written');
  assert.equal(written.length, computed.length, 'as many numbers are written as are computed');
  // The engine behind the window computes in float32 as the command line does; the rest is rounding to digits.
  const tolerance = 0.5 * 10 ** -digits + 1e-6;
  const differences = written.map((value, index) =>
    Math.abs(value - (computed[index] ?? Number.NaN)),
  );
  const worst = differences.reduce(
    (at, value, index) => (value > (differences[at] ?? 0) ? index : at),
    0,
  );
  const largest = differences[worst] ?? Number.NaN;
  assert.ok(
    largest <= tolerance,
    `number ${worst} differs by ${largest}: ${written[worst]} is written, ${computed[worst]} computed`,
  );
}
