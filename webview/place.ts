/** Where the person is looking: made valid for what is on screen, and kept in step with the host's memory of it. */
import { steps } from '../src/protocol/axes';
import type { MoveNumber, PanelState, Place } from '../src/protocol/panelApi';
import { startPlace } from '../src/protocol/panelApi';
import type { Subject, ValidPlace } from './view';

/** The place with every index inside the subject; −1 and tokens that fell out of the window become the nearest there is. */
export function validPlace(place: Place, subject: Subject): ValidPlace {
  const { config } = subject.model;
  const { dropped } = subject.run;
  const last = dropped + subject.length - 1;
  const token = place.token < 0 ? last : clamp(place.token, dropped, last);
  const fits = (index: number) => index >= 0 && index < subject.length;
  const { cell } = place;
  return {
    ...place,
    token,
    position: token - dropped,
    block: clamp(place.block, 0, config.layers - 1),
    head: clamp(place.head, 0, config.heads - 1),
    stage: clamp(place.stage, 0, 6),
    channel: clamp(place.channel, 0, config.width - 1),
    neuron: place.neuron === undefined ? undefined : clamp(place.neuron, 0, config.hidden - 1),
    cell: cell !== undefined && fits(cell[0]) && fits(cell[1]) ? cell : undefined,
  };
}

/** What is remembered of a valid place: all but the position, which follows from the token. */
export function intentOf(place: ValidPlace): Place {
  const { step, token, block, head, open, stage, drawn, measure, over } = place;
  const { cell, channel, neuron, depth, table } = place;
  return {
    ...{ step, token, block, head, open, stage, drawn, measure, over },
    ...{ cell, channel, neuron, depth, table },
  };
}

/** What was stored by an older version may lack fields or hold others; what is not understood is left out. */
export function readPlace(stored: unknown): Place | undefined {
  if (typeof stored !== 'object' || stored === null) return undefined;
  const place = { ...startPlace, ...(stored as Partial<Place>) };
  const known = place.step === 'overview' || steps.includes(place.step);
  return known && Number.isInteger(place.token) ? place : undefined;
}

/**
 * Counts the page's moves. A snapshot says which of them the host had heard of when it was made: one that lacks the last
 * was made before it, and must not throw the person back.
 */
export class PageMoves {
  #last: MoveNumber = 0;

  next(): MoveNumber {
    this.#last += 1;
    return this.#last;
  }

  /** Whether the person has moved since a snapshot was made. */
  isOvertaken({ heard }: Pick<PanelState, 'heard'>): boolean {
    return heard < this.#last;
  }
}

export function clamp(value: number, from: number, to: number): number {
  return Math.max(from, Math.min(to, value));
}
