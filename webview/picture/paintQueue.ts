/**
 * Many canvases at once, such as the thumbnails of all heads, are painted over several frames, so that none of them keeps
 * the person waiting. Who waits shows nothing, never what it showed before.
 */

/** What painting may take of a frame before the rest waits for the next. */
const budgetMs = 5;

let spentMs = 0;
let isCounting = false;
/** In the order in which they came. */
const waiting = new Set<() => void>();

/** Paints now where this frame has time left; otherwise `later` is called when a frame has. */
export function paintInTurn(paint: () => void, later: () => void): 'painted' | 'waits' {
  count();
  if (spentMs >= budgetMs) {
    waiting.add(later);
    return 'waits';
  }
  waiting.delete(later);
  timed(paint);
  return 'painted';
}

/** Who was to be called later is no longer there. */
export function leaveQueue(later: () => void): void {
  waiting.delete(later);
}

function timed(paint: () => void): void {
  const start = performance.now();
  paint();
  spentMs += performance.now() - start;
}

function count(): void {
  if (isCounting) return;
  isCounting = true;
  requestAnimationFrame(() => {
    isCounting = false;
    spentMs = 0;
    for (const later of [...waiting]) {
      if (spentMs >= budgetMs) break;
      waiting.delete(later);
      later();
    }
    if (waiting.size > 0) count();
  });
}
