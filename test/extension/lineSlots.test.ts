// Which lines are drawn anew: beside an editor that is edited while drawings and news of edits are on their way.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LineSlots } from '../../src/extension/editor/lineSlots';
import type { LinesEdit, SlotLine, SlotUpdate } from '../../src/extension/editor/lineSlots';

/** A line's number when it was written; a drawing of it may reach into the line behind. */
interface Written {
  readonly id: number;
  readonly reaches: boolean;
}

/** The lines of a text, and edits of it. */
class Lines {
  #next = 0;
  readonly #shape: (id: number) => boolean;
  all: Written[];

  constructor(count: number, shape: (id: number) => boolean) {
    this.#shape = shape;
    this.all = Array.from({ length: count }, () => this.#fresh());
  }

  /** Every line that an edit touches is another one afterwards. */
  edit({ first, last, added }: LinesEdit): Written[] {
    const fresh = Array.from({ length: added + 1 }, () => this.#fresh());
    this.all.splice(first, last - first + 1, ...fresh);
    return [...this.all];
  }

  #fresh(): Written {
    const id = this.#next++;
    return { id, reaches: this.#shape(id) };
  }
}

/** What of a text is to be drawn: every line of a part of it, but for those that a drawing reaches into whole. */
function wanted(lines: readonly Written[], from: number, count: number): SlotLine[] {
  return lines.slice(from, from + count).flatMap(({ id, reaches }, n) => {
    const line = from + n;
    const reach = reaches && line + 1 < lines.length ? line + 1 : line;
    return [{ line, reach, key: `${String(id)}+${String(reach - line)}` }];
  });
}

/** VS Code's side: decorations move with edits, and those that an edit touches end up anywhere. */
class Editor {
  readonly slots = new Map<number, SlotLine[]>();

  edit({ first, last, added }: LinesEdit): void {
    const by = added - (last - first);
    for (const [slot, lines] of this.slots) {
      const moved = lines.map((drawn) => {
        if (drawn.reach < first) return drawn;
        if (drawn.line > last) {
          return { ...drawn, line: drawn.line + by, reach: drawn.reach + by };
        }
        return { ...drawn, line: first, reach: first, key: `torn ${drawn.key}` };
      });
      this.slots.set(slot, moved);
    }
  }

  set(updates: readonly SlotUpdate<SlotLine>[]): void {
    for (const { slot, lines } of updates) this.slots.set(slot, [...lines]);
  }

  get shown(): SlotLine[] {
    return [...this.slots.values()].flat().sort((one, other) => one.line - other.line);
  }
}

type Step =
  | { readonly kind: 'type'; readonly at: number; readonly span: number; readonly added: number }
  | { readonly kind: 'draw'; readonly from: number; readonly count: number }
  | { readonly kind: 'up' }
  | { readonly kind: 'down' };

const steps = fc.array(
  fc.oneof(
    fc.record({
      kind: fc.constant('type' as const),
      at: fc.nat(200),
      span: fc.nat(3),
      added: fc.nat(3),
    }),
    fc.record({
      kind: fc.constant('draw' as const),
      from: fc.nat(60),
      count: fc.integer({ min: 0, max: 90 }),
    }),
    fc.record({ kind: fc.constant('up' as const) }),
    fc.record({ kind: fc.constant('down' as const) }),
  ),
  { maxLength: 80 },
);

describe('slots of drawn lines', () => {
  it('show every line as it is in the end, whatever was on its way when', () => {
    fc.assert(
      fc.property(steps, fc.nat(4), (made, shape) => {
        const text = new Lines(80, (id) => shape > 0 && id % (shape + 1) === 0);
        const editor = new Editor();
        const slots = new LineSlots();
        let known = [...text.all];
        /** From the editor: edits and answers; to it: drawings. Each in order. */
        const up: (() => void)[] = [];
        const down: (() => void)[] = [];
        const draw = (from: number, count: number): SlotLine[] => {
          const lines = wanted(known, Math.min(from, known.length), count);
          const { updates, drawing } = slots.update(lines);
          down.push(() => {
            editor.set(updates);
            up.push(() => {
              slots.shown(drawing);
            });
          });
          return lines;
        };
        const perform = (step: Step): void => {
          if (step.kind === 'up') up.shift()?.();
          else if (step.kind === 'down') down.shift()?.();
          else if (step.kind === 'draw') draw(step.from, step.count);
          else {
            const first = step.at % text.all.length;
            const last = Math.min(text.all.length - 1, first + step.span);
            const edit = { first, last, added: step.added };
            const after = text.edit(edit);
            editor.edit(edit);
            up.push(() => {
              known = after;
              slots.edited(edit);
            });
          }
        };
        const settle = (): void => {
          while (up.length + down.length > 0) (down.shift() ?? up.shift())?.();
        };
        made.forEach(perform);
        settle();
        const lines = draw(5, 70);
        settle();
        assert.deepEqual(editor.shown, lines);
      }),
      { numRuns: 3_000 },
    );
  });

  it('draw only the lines around an edit anew', () => {
    const text = new Lines(70, () => false);
    const slots = new LineSlots();
    const first = slots.update(wanted(text.all, 0, 70));
    assert.equal(first.updates.flatMap(({ lines }) => lines).length, 70);
    slots.shown(first.drawing);
    const edit = { first: 33, last: 33, added: 1 };
    slots.edited(edit);
    const second = slots.update(wanted(text.edit(edit), 0, 71));
    const drawn = second.updates.flatMap(({ lines }) => lines.map(({ line }) => line));
    assert.deepEqual(drawn, [32, 33, 34, 35, 36]);
    assert.deepEqual(slots.update(wanted(text.all, 0, 71)).updates, []);
  });

  it('draw all lines anew when nothing of what is shown holds any more', () => {
    const text = new Lines(9, () => true);
    const slots = new LineSlots();
    slots.shown(slots.update(wanted(text.all, 0, 9)).drawing);
    slots.forget();
    const { updates } = slots.update(wanted(text.all, 0, 9));
    assert.equal(updates.flatMap(({ lines }) => lines).length, 9);
  });
});
