// The steps that people go through, and the sentences about them.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { openAnyTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import { describeStep } from '../../src/protocol/describeStep';
import { tokenizingSteps, type StepPart } from '../../src/protocol/tokenizingSteps';
import { worldText } from '../support/encodings';
import { cases, unknown } from '../support/pipelineCases';
import { ours } from '../support/tokenizers';
import { trainedJson } from '../support/trainedTokenizers';

const spell = (content: StepPart['content']): string =>
  typeof content === 'string' ? content : Buffer.from(content).toString();
const words = {
  t: (key: string, values: object) => `${key} ${JSON.stringify(values)}`,
  spell,
};

function made(name: string) {
  const make = cases[name];
  assert.ok(make !== undefined, name);
  return openAnyTokenizer(make(), 'tokenizer.json');
}

describe('the steps of a tokenizer', function () {
  this.timeout(20_000);

  for (const [name, open] of [
    ['byte-level BPE', () => ours()],
    ...Object.entries(cases)
      .filter(([what]) => /^(WordPiece as|Unigram|BPE of|BPE as|WordLevel)/.test(what))
      .map(([what]) => [what, () => made(what)] as const),
  ] as const) {
    it(`keep the whole piece at every step and end in its ids: ${name}`, () => {
      const tokenizer = open();
      fc.assert(
        fc.property(worldText, (text) => {
          for (const piece of tokenizer.merges(text)) {
            const steps = tokenizingSteps(piece);
            for (const step of steps) {
              const whole = piece.search?.text ?? Buffer.from(piece.bytes).toString();
              const parts = step.parts.map(({ content }) => content);
              const isText = parts.every((part) => typeof part === 'string');
              // Unknown characters may be left out, and bytes stand for others.
              const symbols =
                piece.search?.kind === 'symbolMerges' ? piece.search.symbols.join('') : whole;
              const joined = isText
                ? parts.join('')
                : Buffer.concat(parts.map((part) => Buffer.from(part))).toString();
              assert.equal(joined, symbols);
              assert.ok(describeStep(step, words).startsWith('merges.'));
            }
            assert.deepEqual(steps.at(-1)?.event, { kind: 'tokens', ids: piece.ids });
          }
        }),
        { numRuns: 60 },
      );
    });
  }

  it('name the two parts that a merge joins, and mark the new one', () => {
    const [piece] = ours().merges('the');
    assert.ok(piece !== undefined);
    const steps = tokenizingSteps(piece);
    for (const [n, { event, parts }] of steps.entries()) {
      if (event.kind !== 'join') continue;
      const fresh = parts.filter(({ isNew }) => isNew).map(({ content }) => spell(content));
      assert.ok(fresh.includes(spell(event.left) + spell(event.right)), `step ${n}`);
    }
    assert.equal(steps.filter(({ event }) => event.kind === 'join').length, piece.merges.length);
  });

  it('name the lengths that WordPiece tried before it found an entry', () => {
    const vocab = { '[UNK]': 0, un: 1, '##able': 2, '##ab': 3, longest: 4 };
    const json = trainedJson('WordPiece', {}, { ...unknown, vocab });
    const [piece] = openAnyTokenizer(json, 'tokenizer.json').merges('unable');
    assert.ok(piece !== undefined);
    const events = tokenizingSteps(piece).map(({ event }) => event);
    assert.deepEqual(events, [
      { kind: 'match', entry: 'un', id: 1, tried: ['unable', 'unabl', 'unab', 'una'] },
      { kind: 'match', entry: '##able', id: 2, tried: [] },
      { kind: 'tokens', ids: [1, 2] },
    ]);
  });

  it('take of the lattice the best way to each place', () => {
    const vocab = [
      ['[UNK]', -20],
      ['a', -3],
      ['b', -3],
      ['ab', -5],
    ];
    const json = trainedJson('Unigram', {}, { vocab, unk_id: 0 });
    const [piece] = openAnyTokenizer(json, 'tokenizer.json').merges('ab');
    assert.ok(piece !== undefined);
    const sentences = tokenizingSteps(piece).map((step) =>
      describeStep(step, { t: (key, values) => [key, ...Object.values(values)].join(' '), spell }),
    );
    assert.deepEqual(sentences, [
      'merges.ways ✓ merges.way a −3.00 −3.00',
      'merges.ways ✓ merges.way ab −5.00 −5.00 · merges.way b −3.00 −6.00',
      'merges.path −5.00',
      'merges.tokens 3',
    ]);
  });
});
