// The panel's source in its document, followed through edits.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { SourceLink } from '../../src/extension/inspector/sourceLink';

const before = 'xxxx';
const source = 'SOURCE';
const after = 'yyyy';
const info = {
  file: 'a',
  line: 0,
  uri: 'file:///a',
  start: before.length,
  end: before.length + source.length,
};

describe('source link', () => {
  it('points at the same text after any edit outside, and is broken by one inside', () => {
    const edit = fc.record({
      offset: fc.nat({ max: 14 }),
      length: fc.nat({ max: 4 }),
      text: fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 3 }),
    });
    fc.assert(
      fc.property(edit, ({ offset, length, text }) => {
        const document = before + source + after;
        const removed = Math.min(length, document.length - offset);
        const edited = document.slice(0, offset) + text + document.slice(offset + removed);
        const link = new SourceLink(info);
        link.edited([{ offset, length: removed, inserted: text.length }]);
        const { region } = link;
        const touches = offset < info.end && offset + removed > info.start;
        if (region === undefined) assert.ok(touches, `broken by ${offset}+${removed}`);
        else assert.equal(edited.slice(region.start, region.end), source);
        if (touches) assert.equal(region, undefined);
      }),
      { numRuns: 1_000 },
    );
  });
});
