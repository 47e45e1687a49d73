/** Who sees whom in the run on screen: the causal mask, or what a person made of it. */
import { isCausal, maskOf } from '../../src/protocol/runEdits';
import type { RunInfo } from '../../src/protocol/runs';
import { range } from '../picture/at';
import type { MaskedCells } from '../picture/bins';
import type { Inspector, Subject } from '../view';

export type Masked = MaskedCells;

/** Whether a query does not see a key. The same function for the same run, so that nothing is painted anew. */
export function maskedIn({ subject }: Pick<Inspector, 'subject'>): Masked {
  return maskedOf(subject.value);
}

/** The same for any run. */
export function maskedOf({ edits, run, length, model }: Subject): Masked {
  const { mask: base } = model.config;
  if (edits.mask.length === 0) return base === 'none' ? never : isAfter;
  let masked = maskedOfRun.get(run);
  if (masked === undefined) {
    const mask = maskOf(edits.mask, { dropped: run.dropped, length }, base);
    masked = (query, key) => mask?.[query * length + key] !== 1;
    maskedOfRun.set(run, masked);
  }
  return masked;
}

const maskedOfRun = new WeakMap<RunInfo, Masked>();

const isAfter: Masked = Object.assign((query: number, key: number) => !isCausal(query, key), {
  from: (query: number) => query + 1,
});

function never(): boolean {
  return false;
}

/** The same of a map of so many places a side, of which a place is masked when all of its cells are. */
export function maskedPlaces({ subject }: Pick<Inspector, 'subject'>, side: number): Masked {
  const masked = maskedOf(subject.value);
  const { length } = subject.value;
  let made = placesOf.get(masked);
  if (!made) placesOf.set(masked, (made = new Map<string, Masked>()));
  const key = [length, side].join();
  let found = made.get(key);
  if (!found) made.set(key, (found = makePlaces(masked, length, side)));
  return found;
}

const placesOf = new WeakMap<Masked, Map<string, Masked>>();

function makePlaces(masked: Masked, length: number, side: number): Masked {
  const factor = Math.ceil(length / side);
  const isSeen = new Uint8Array(side * side);
  for (let query = 0; query < length; query++) {
    const row = Math.floor(query / factor) * side;
    for (let key = 0; key < length; key++)
      if (!masked(query, key)) isSeen[row + Math.floor(key / factor)] = 1;
  }
  return (row, column) => isSeen[row * side + column] !== 1;
}

/** Why a cell has no weight: it comes later, or somebody took it out. */
export function maskedSays({ subject, t }: Pick<Inspector, 'subject' | 't'>): string {
  const isEdited = subject.value.edits.mask.length > 0;
  return t(isEdited ? 'views.mask.hidden' : 'inspector.masked');
}

/** The keys that a query sees, in their order. */
export function seenKeys(inspector: Pick<Inspector, 'subject'>, query: number): readonly number[] {
  const { length } = inspector.subject.value;
  const masked = maskedIn(inspector);
  return range(length).filter((key) => !masked(query, key));
}

/** Whether some query sees what comes after it. */
export function seesAhead({ edits }: Subject): boolean {
  return edits.mask.some(
    (edit) => edit.kind === 'full' || (edit.kind === 'cell' && edit.seen && edit.key > edit.query),
  );
}
