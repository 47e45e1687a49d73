/**
 * Focus survives what is drawn anew. When the element that has it goes, such as when a run starts, the stage holds the
 * focus until the element's successor stands: the one with the same `data-focus`, or the like one at the same place.
 */

interface Trail {
  readonly element: HTMLElement;
  /** The step that was open. */
  readonly step: string | undefined;
  /** Children's indices from the body down. */
  readonly path: readonly number[];
}

export function keepFocus(): void {
  let trail: Trail | undefined;
  let isHeld = false;
  document.addEventListener('focusin', ({ target }) => {
    if (isHeld && target === stage()) return;
    isHeld = false;
    trail = target instanceof HTMLElement ? trailOf(target) : undefined;
  });
  document.addEventListener('focusout', ({ target }) => {
    queueMicrotask(() => {
      // Who leaves an element that still stands wants to have the focus nowhere.
      const isLeft = target instanceof Node && target.isConnected && isNowhere();
      if (isLeft && !isHeld) trail = undefined;
    });
  });
  new MutationObserver(() => {
    if (trail === undefined || trail.element.isConnected) return;
    const waits = isHeld && document.activeElement === stage();
    if (!isNowhere() && !waits) return;
    isHeld = true;
    const successor = successorOf(trail);
    (successor ?? stage())?.focus({ preventScroll: true });
    const isElsewhere = step() !== undefined && step() !== trail.step;
    if (successor || isElsewhere) isHeld = false;
    if (!successor && isElsewhere) trail = undefined;
  }).observe(document.body, { childList: true, subtree: true });
}

function trailOf(element: HTMLElement): Trail {
  const path: number[] = [];
  for (let at: Element = element; at.parentElement && at !== document.body; at = at.parentElement)
    path.unshift(Array.from(at.parentElement.children).indexOf(at));
  return { element, step: step(), path };
}

function successorOf({ element, step: before, path }: Trail): HTMLElement | undefined {
  if (step() !== before) return undefined;
  const name = element.dataset['focus'];
  const found =
    name === undefined
      ? path.reduce<Element | undefined>((at, index) => at?.children[index], document.body)
      : document.querySelector(`[data-focus="${CSS.escape(name)}"]`);
  const isLike = found instanceof HTMLElement && found.className === element.className;
  return isLike && found.tagName === element.tagName ? found : undefined;
}

function isNowhere(): boolean {
  return document.activeElement === document.body || document.activeElement === null;
}

function stage(): HTMLElement | null {
  return document.getElementById('stage');
}

/** The step on screen; undefined while there is no picture. */
function step(): string | undefined {
  return stage()?.dataset['step'];
}
