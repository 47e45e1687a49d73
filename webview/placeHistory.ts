/** Where the person has looked, to go back to and forward again, as in a browser. */
import { signal } from '@preact/signals-core';
import type { Place } from '../src/protocol/panelApi';
import type { Direction } from './view';

/** More than anybody walks back. */
const longest = 100;

/**
 * A move from picture to picture is an entry; one inside a picture is not, but who comes back finds what was pointed at
 * last. How much is explained is no place.
 */
export class PlaceHistory {
  readonly #behind = signal<readonly Place[]>([]);
  readonly #ahead = signal<readonly Place[]>([]);

  /** The person went elsewhere by another way. */
  moved(from: Place, to: Place): void {
    if (siteOf(from) === siteOf(to)) return;
    this.#behind.value = [...this.#behind.peek(), from].slice(-longest);
    this.#ahead.value = [];
  }

  /** The place before, or after, the one that is looked at now, which is remembered on the other side. */
  walk(now: Place, by: Direction): Place | undefined {
    const [from, to] = by < 0 ? [this.#behind, this.#ahead] : [this.#ahead, this.#behind];
    const place = from.peek().at(-1);
    if (place === undefined) return undefined;
    from.value = from.peek().slice(0, -1);
    to.value = [...to.peek(), now];
    return { ...place, depth: now.depth, table: now.table };
  }

  /** Whether there is somewhere to go that way. */
  leads(by: Direction): boolean {
    return (by < 0 ? this.#behind : this.#ahead).value.length > 0;
  }
}

/** What is a picture of its own. */
function siteOf({ step, block, head, open, stage }: Place): string {
  return JSON.stringify([step, block, head, open, stage]);
}
