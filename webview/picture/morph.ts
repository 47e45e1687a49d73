import { signal } from '@preact/signals-core';

/** The one motion of matrices: a map turns into the next stage's, cell by cell in place. */
export interface Morph {
  /** Colours of the map that is shown, written by the painter. */
  colours: Uint8ClampedArray | undefined;
  /** Colours the change started from, and how far it has come; reading repaints the canvas. */
  readonly from: () => Uint8ClampedArray | undefined;
  readonly progress: () => number;
  /**
   * Says what is about to be drawn. The same subject in another stage moves for 280 ms; another subject, or a person
   * who asked for little motion, sees the end at once.
   */
  show(subject: string, stage: string, motion: 'full' | 'reduced'): void;
}

const durationMs = 280;

export function createMorph(): Morph {
  const progress = signal(1);
  let from: Uint8ClampedArray | undefined;
  let shown = { subject: '', stage: '' };
  let ticket = 0;
  const run = (): void => {
    const mine = ++ticket;
    const start = performance.now();
    progress.value = 0;
    const tick = (): void => {
      if (mine !== ticket) return;
      progress.value = Math.min(1, (performance.now() - start) / durationMs);
      if (progress.peek() < 1) requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  };
  const morph: Morph = {
    colours: undefined,
    from: () => from,
    progress: () => progress.value,
    show: (subject, stage, motion) => {
      const moves = subject === shown.subject && stage !== shown.stage && motion === 'full';
      if (subject === shown.subject && stage === shown.stage) return;
      shown = { subject, stage };
      from = moves ? morph.colours : undefined;
      if (from) queueMicrotask(run);
      else ticket++;
    },
  };
  return morph;
}
