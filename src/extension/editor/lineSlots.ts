/**
 * Which lines an editor shows drawn, so that a key draws its own line anew and not all the others. Lines lie in slots of
 * a few, each slot with decorations of its own; VS Code moves those of lines that an edit does not touch. What was drawn
 * counts as shown only when it is known that no edit was on its way meanwhile.
 */

/** What is to be drawn of one line. */
export interface SlotLine {
  readonly line: number;
  /** The last line into which its drawing reaches. */
  readonly reach: number;
  /** The same for the same picture, on whichever line it stands. */
  readonly key: string;
}

/** A slot gets these lines in the place of what it has; none empties it. */
export interface SlotUpdate<Line> {
  readonly slot: number;
  readonly lines: readonly Line[];
}

/** Lines [first, last] were replaced by text that ends on the line `first + added`. */
export interface LinesEdit {
  readonly first: number;
  readonly last: number;
  readonly added: number;
}

const linesOfSlot = 4;
/** With more slots than this all lines are distributed anew: many edits leave slots of a line each. */
const mostSlots = 64;

interface Slot {
  /** First line, and the last into which it reaches, in the text as it is now. */
  first: number;
  last: number;
  readonly lines: readonly {
    readonly below: number;
    readonly reach: number;
    readonly key: string;
  }[];
  /** The drawing that it came with; undefined once that is known to be shown where it was meant to be. */
  drawing: number | undefined;
}

/** A slot of which nobody knows what it shows. */
type State = Slot | 'empty' | 'unknown';

export class LineSlots {
  #slots: State[] = [];
  #drawings = 0;

  /** What has to be set so that these lines are shown and no others. */
  update<Line extends SlotLine>(
    lines: readonly Line[],
  ): { readonly updates: readonly SlotUpdate<Line>[]; readonly drawing: number } {
    const drawing = ++this.#drawings;
    const missing = new Map(lines.map((line) => [line.line, line]));
    this.#slots = this.#slots.map((slot) => this.#kept(slot, missing));
    let groups = grouped([...missing.values()]);
    if (this.#slots.filter((slot) => isKnown(slot)).length + groups.length > mostSlots) {
      this.#slots = this.#slots.map((slot) => (slot === 'empty' ? slot : 'unknown'));
      groups = grouped(lines);
    }
    const updates: SlotUpdate<Line>[] = [];
    for (const group of groups) {
      const free = this.#slots.findIndex((slot) => !isKnown(slot));
      const slot = free < 0 ? this.#slots.length : free;
      this.#slots[slot] = slotOf(group, drawing);
      updates.push({ slot, lines: group });
    }
    this.#slots.forEach((slot, index) => {
      if (slot !== 'unknown') return;
      this.#slots[index] = 'empty';
      updates.push({ slot: index, lines: [] });
    });
    return { updates, drawing };
  }

  /** The text was edited. Edits of one change come in the order in which each finds the text as those before left it. */
  edited({ first, last, added }: LinesEdit): void {
    this.#slots = this.#slots.map((slot) => {
      if (!isKnown(slot)) return slot;
      // It may have been drawn into the text of before or into that of now.
      if (slot.drawing !== undefined) return 'unknown';
      if (slot.last < first) return slot;
      if (slot.first <= last) return 'unknown';
      const by = added - (last - first);
      return { ...slot, first: slot.first + by, last: slot.last + by };
    });
  }

  /** No edit that is still unknown here came before this drawing was shown. */
  shown(drawing: number): void {
    for (const slot of this.#slots) {
      if (isKnown(slot) && slot.drawing === drawing) slot.drawing = undefined;
    }
  }

  /** Nothing of what is shown holds any more. */
  forget(): void {
    this.#slots = this.#slots.map((slot) => (slot === 'empty' ? slot : 'unknown'));
  }

  /** The slot as it is if all of its lines are to be shown as they are; these are no longer missing then. */
  #kept(slot: State, missing: Map<number, SlotLine>): State {
    if (!isKnown(slot)) return slot;
    const isAsWanted = slot.lines.every(({ below, reach, key }) => {
      const line = missing.get(slot.first + below);
      return line?.key === key && line.reach - line.line === reach;
    });
    if (!isAsWanted) return 'unknown';
    for (const { below } of slot.lines) missing.delete(slot.first + below);
    return slot;
  }
}

function isKnown(slot: State): slot is Slot {
  return typeof slot === 'object';
}

/** Runs of neighbouring lines. */
function grouped<Line extends SlotLine>(lines: readonly Line[]): Line[][] {
  const groups: Line[][] = [];
  for (const line of [...lines].sort((one, other) => one.line - other.line)) {
    const group = groups.at(-1);
    const first = group?.[0]?.line;
    if (group !== undefined && first !== undefined && line.line - first < linesOfSlot) {
      group.push(line);
    } else groups.push([line]);
  }
  return groups;
}

function slotOf(lines: readonly SlotLine[], drawing: number): Slot {
  const first = lines[0]?.line ?? 0;
  return {
    first,
    last: Math.max(...lines.map(({ reach }) => reach)),
    lines: lines.map(({ line, reach, key }) => ({ below: line - first, reach: reach - line, key })),
    drawing,
  };
}
