/** Snapshots on their way to a page: those that follow one another fast go as one, and its own moves are no news to it. */
import type { PanelState, Place } from '../../protocol/panelApi';

/** Snapshots that follow one another faster are sent as one: the last. */
const gatherMs = 15;

export class PageUpdates {
  readonly #send: (state: PanelState) => void;
  /** What the page has: the last snapshot it was sent, and where it has moved since. */
  #sent: PanelState | undefined;
  #moved: Place | undefined;
  #next: PanelState | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(send: (state: PanelState) => void) {
    this.#send = send;
  }

  /** The page asked for everything and has it now. */
  begin(state: PanelState): void {
    this.#drop();
    this.#sent = state;
    this.#moved = undefined;
  }

  /** The page went to this place by itself. */
  pageMoved(place: Place): void {
    this.#moved = place;
  }

  changed(state: PanelState): void {
    this.#next = state;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#flush();
    }, gatherMs);
  }

  /** Nothing is sent any more until the page asks for everything again. */
  end(): void {
    this.#drop();
    this.#sent = undefined;
  }

  #drop(): void {
    clearTimeout(this.#timer);
    this.#next = undefined;
  }

  #flush(): void {
    const state = this.#next;
    if (this.#sent === undefined || state === undefined) return;
    this.#next = undefined;
    if (state.place === this.#moved && differInPlaceAlone(this.#sent, state)) return;
    this.#sent = state;
    this.#send(state);
  }
}

/** The keys of what belongs to a move. */
const placeKeys: readonly string[] = ['place', 'heard'] satisfies readonly (keyof PanelState)[];

function differInPlaceAlone(a: PanelState, b: PanelState): boolean {
  const keys = Object.keys(a) as (keyof PanelState)[];
  return keys.every((key) => placeKeys.includes(key) || Object.is(a[key], b[key]));
}
