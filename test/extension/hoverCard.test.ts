// The hover card says what the engine answered, and no token can break out of its Markdown.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { code, tokenCard } from '../../src/extension/editor/hoverCard';
import { chooseLanguage, failureSentence, t, useLanguage } from '../../src/extension/l10n';
import { fixed, percent } from '../../src/extension/tokens/numbers';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';
import { startService } from '../support/engineService';

describe('hover card', () => {
  const { service } = startService();
  after(() => service.stop());
  afterEach(() => {
    useLanguage('en', 'media/l10n');
  });

  for (const language of ['en', 'ja'] as const) {
    it(`holds id, bytes, position, norm, neighbours, probability, rank and expectation (${language})`, async () => {
      useLanguage(language, 'media/l10n');
      const { client } = service;
      const vocabulary = new Vocabulary(await client.vocabulary({}));
      const { ids } = await client.tokenize({ text: 'there was a little girl' });
      const index = ids.length - 1;
      const id = ids[index] ?? -1;
      const facts = await client.tokenFacts({ id, neighbours: 4 });
      const thought = await client.expectation({ ids, index, top: 5 });
      const card = tokenCard(
        { facts, position: index, part: 0, parts: 1, thought, strip: 'data:image/svg+xml,x' },
        { t, language, vocabulary },
      );
      for (const said of [
        code('·girl'),
        String(id),
        code('20 67 69 72 6C'),
        fixed(facts.norm, 2),
        percent(thought.probability),
        String(thought.rank),
        fixed(thought.surprisalBits, 1),
        ...thought.top.map((expected) => code(vocabulary.label(expected.id))),
        ...facts.nearest.map(({ cosine }) => fixed(cosine, 2)),
      ]) {
        assert.ok(card.includes(said), `${said} is missing in:\n${card}`);
      }
    });
  }

  it('fences any text so that it stays one piece of code', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom('`', 'a', ' ', '*'), minLength: 1 }),
        (text) => {
          const fenced = code(text);
          const fence = /^`+/.exec(fenced)?.[0] ?? '';
          const inside = fenced.slice(fence.length, -fence.length);
          assert.ok(fenced.endsWith(fence));
          assert.equal(inside.trim(), text.trim());
          const runs = [...inside.matchAll(/`+/g)].map(([run]) => run.length);
          assert.ok(!runs.includes(fence.length));
          assert.ok(!inside.startsWith('`') && !inside.endsWith('`'));
        },
      ),
    );
  });

  it('speaks the language of the setting, else of VS Code', () => {
    assert.equal(chooseLanguage('auto', 'ja'), 'ja');
    assert.equal(chooseLanguage('auto', 'de'), 'en');
    assert.equal(chooseLanguage('en', 'ja'), 'en');
  });
});

describe('numbers', () => {
  it('have a real minus and no negative zero', () => {
    assert.equal(fixed(-0.001, 2), '0.00');
    assert.equal(fixed(-1.5, 2), '−1.50');
  });

  it('never show a probability that is not zero as zero', () => {
    assert.equal(percent(0), '0.00 %');
    assert.equal(percent(0.0406), '4.06 %');
    assert.equal(percent(3.2e-7), '3.2·10⁻⁵ %');
  });
});

describe('sentences of failures', () => {
  afterEach(() => {
    useLanguage('en', 'media/l10n');
  });

  it('write long numbers in groups', () => {
    const failure = {
      code: 'text-too-large',
      details: { characters: 5_073_900, limit: 100_000 },
    } as const;
    for (const language of ['en', 'ja'] as const) {
      useLanguage(language, 'media/l10n');
      assert.match(failureSentence(failure), /5,073,900.*100,000/);
    }
  });
});
