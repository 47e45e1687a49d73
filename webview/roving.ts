/**
 * Makes the buttons inside an element one Tab stop: arrows move the focus among them; Home and End go to the ends.
 * With `choose`, arriving also presses the button, where choosing is cheap.
 */
import { Directive, directive, PartType, type PartInfo } from 'lit/directive.js';
import { noChange, type ElementPart } from 'lit';

const directions = new Map([
  ['ArrowLeft', -1],
  ['ArrowUp', -1],
  ['ArrowRight', 1],
  ['ArrowDown', 1],
]);

const mark = 'data-roving';

class Roving extends Directive {
  #listening = false;

  constructor(part: PartInfo) {
    super(part);
    if (part.type !== PartType.ELEMENT) throw new Error('roving goes on an element');
  }

  override update(part: ElementPart, [how]: ['choose' | 'move']): unknown {
    if (this.#listening) return noChange;
    this.#listening = true;
    const group = part.element as HTMLElement;
    group.setAttribute(mark, '');
    group.addEventListener('keydown', (event) => {
      move(group, event, how);
    });
    return noChange;
  }

  override render(...[]: ['choose' | 'move']): unknown {
    return noChange;
  }
}

function move(group: HTMLElement, event: KeyboardEvent, how: 'choose' | 'move'): void {
  const items = [...group.querySelectorAll<HTMLElement>('button')].filter(
    // A group inside this one has arrows of its own.
    (item) => item.closest(`[${mark}]`) === group,
  );
  const at = items.findIndex((item) => item === document.activeElement);
  const to = at < 0 ? undefined : target(event.key, at, items.length);
  const item = to === undefined ? undefined : items[to];
  if (item === undefined) return;
  event.preventDefault();
  event.stopPropagation();
  item.focus();
  if (how === 'choose') item.click();
}

function target(key: string, at: number, count: number): number | undefined {
  if (key === 'Home') return 0;
  if (key === 'End') return count - 1;
  const by = directions.get(key);
  return by === undefined ? undefined : Math.min(count - 1, Math.max(0, at + by));
}

export const roving = directive(Roving);
