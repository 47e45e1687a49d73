// Times in the page itself, from the person's input to the last change of what is drawn, so that no driver is in between.
import type { Page } from 'playwright-core';

export interface ClockOptions {
  /** What is watched for changes. */
  readonly selector: string;
  /** The input that starts the clock. */
  readonly input: 'keydown' | 'mousemove';
  /** The picture counts as finished when nothing changed for this long. */
  readonly quietMs: number;
}

/** Runs `act`, whose last input of the kind starts the clock; resolves with the ms until the last change after it. */
export async function untilDrawn(
  page: Pick<Page, 'evaluateHandle'>,
  options: ClockOptions,
  act: () => Promise<void>,
): Promise<number> {
  const clock = await page.evaluateHandle(({ selector, input }) => {
    const times = { input: Number.NaN, change: Number.NaN };
    const started = (): void => {
      times.input = performance.now();
      times.change = Number.NaN;
    };
    addEventListener(input, started, { capture: true });
    const observer = new MutationObserver((changes) => {
      const watched = changes.some(({ target }) => {
        const element = target instanceof Element ? target : target.parentElement;
        return element?.closest(selector) !== null;
      });
      if (watched) times.change = performance.now();
    });
    observer.observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    const stop = (): void => {
      removeEventListener(input, started, { capture: true });
      observer.disconnect();
    };
    return { times, stop };
  }, options);
  await act();
  const ms = await clock.evaluate(async ({ times, stop }, quietMs) => {
    const giveUp = performance.now() + 20_000;
    // NaN compares as false: nothing has changed yet.
    while (!(performance.now() - times.change > quietMs) && performance.now() < giveUp) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    stop();
    return times.change - times.input;
  }, options.quietMs);
  await clock.dispose();
  if (Number.isNaN(ms)) throw new Error(`nothing changed in ${options.selector}`);
  return ms;
}
