/**
 * What is drawn shares the time of a frame: many canvases, such as the thumbnails of all heads, rows of long tables, and
 * what stands beside a large picture are drawn over several frames, so that none of them keeps the person waiting.
 * A canvas that waits shows nothing, never what it showed before.
 */

/** What drawing may take of a frame before the rest waits for the next. */
const budgetMs = 5;

/** Drawn in this frame, apart from the work that goes on now. */
let spentMs = 0;
let workingSince: number | undefined;
let isCounting = false;
/** Whether the last frame had no time for anything that waits: then one of it is drawn whatever else goes on. */
let isOwed = false;
/** In the order in which they came. */
const waiting = new Set<() => void>();

/** Says that a picture is drawn from now to the end of what the program is about to do. */
export function working(): void {
  if (workingSince !== undefined) return;
  count();
  const since = performance.now();
  workingSince = since;
  queueMicrotask(() => {
    spentMs += performance.now() - since;
    workingSince = undefined;
  });
}

/** Paints now where this frame has time left; otherwise `later` is called when a frame has. */
export function paintInTurn(paint: () => void, later: () => void): 'painted' | 'waits' {
  count();
  if (!hasTime()) {
    waiting.add(later);
    return 'waits';
  }
  waiting.delete(later);
  isOwed = false;
  timed(paint);
  return 'painted';
}

/** Calls when a frame has time left, not now. */
export function paintLater(later: () => void): void {
  waiting.add(later);
  count();
}

/** Who was to be called later is no longer there. */
export function leaveQueue(later: () => void): void {
  waiting.delete(later);
}

function hasTime(): boolean {
  const workedMs = workingSince === undefined ? 0 : performance.now() - workingSince;
  return isOwed || spentMs + workedMs < budgetMs;
}

function timed(paint: () => void): void {
  const start = performance.now();
  paint();
  // Within other work it is counted with that.
  if (workingSince === undefined) spentMs += performance.now() - start;
}

function count(): void {
  if (isCounting) return;
  isCounting = true;
  requestAnimationFrame(() => {
    const before = [...waiting];
    for (const later of before) {
      if (!hasTime()) break;
      waiting.delete(later);
      later();
    }
    const isStuck = before.length > 0 && before.every((later) => waiting.has(later));
    // What is done before this frame is shown still counts for it.
    setTimeout(() => {
      isCounting = false;
      spentMs = 0;
      isOwed = isStuck;
      if (waiting.size > 0) count();
    });
  });
}
