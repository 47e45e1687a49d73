// Links to what the Inspector shows: written and read back without loss, refused when they say something else.
import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import {
  digestOf,
  linkOf,
  longestLinkedText,
  readLink,
  writeLink,
} from '../../src/extension/inspector/inspectorLink';
import type { InspectorLink } from '../../src/extension/inspector/inspectorLink';
import { steps } from '../../src/protocol/axes';
import { failureOf } from '../../src/protocol/failures';
import type { PanelState } from '../../src/protocol/panelApi';
import { noEdits } from '../../src/protocol/runEdits';
import { greedySampling } from '../../src/protocol/sampling';
import { startService } from '../support/engineService';
import { PanelSession } from '../../src/extension/inspector/panelSession';
import { Vocabulary } from '../../src/extension/tokens/vocabulary';

const plain = { noNullPrototype: true };
const index = fc.integer({ min: 0, max: 5000 });
/** How much the person wants explained may be left out. */
const required = [
  ...(['step', 'token', 'block', 'head', 'open', 'stage'] as const),
  ...(['drawn', 'measure', 'over', 'cell', 'channel', 'neuron'] as const),
] as const;
const place = fc.record(
  {
    step: fc.constantFrom('overview' as const, ...steps),
    token: fc.integer({ min: -1, max: 5000 }),
    block: index,
    head: index,
    open: fc.boolean(),
    stage: fc.integer({ min: 0, max: 6 }),
    drawn: fc.constantFrom('matrix' as const, 'lines' as const, 'neurons' as const),
    measure: fc.constantFrom('weights' as const, 'contributions' as const),
    over: fc.constantFrom('head' as const, 'block' as const, 'model' as const),
    cell: fc.option(fc.tuple(index, index), { nil: undefined }),
    channel: index,
    neuron: fc.option(index, { nil: undefined }),
    depth: fc.constantFrom('sentence' as const, 'mechanism' as const, 'mathematics' as const),
    table: fc.boolean(),
  },
  { ...plain, requiredKeys: [...required] },
);
const drawn = { temperature: 0.7, topK: 12, topP: 0.95, seed: 9 };
const source = fc.record(
  {
    uri: fc.constantFrom('file:///a%20b/%E7%89%A9.md', 'untitled:Untitled-1'),
    start: index,
    end: index,
  },
  plain,
);
const anyLink: fc.Arbitrary<InspectorLink> = fc.record(
  {
    text: fc.string({ unit: 'grapheme', minLength: 1 }),
    source: fc.option(source, { nil: undefined }),
    digest: fc.constant(digestOf('x')),
    model: fc.constantFrom<InspectorLink['model'][]>(
      { kind: 'builtin' },
      { kind: 'builtin', model: 'tiny' },
      { kind: 'folder', folder: '/models/a b&c' },
    ),
    edits: fc.constantFrom<InspectorLink['edits'][]>(noEdits, {
      mask: [{ kind: 'cell', query: 3, key: 1, seen: false }],
      positions: [{ kind: 'dropAll' }],
    }),
    compare: fc.constantFrom<InspectorLink['compare'][]>(
      undefined,
      { kind: 'text', text: 'a & b=c', name: undefined },
      { kind: 'unedited' },
      { kind: 'settings', sampling: greedySampling },
      { kind: 'model', location: { kind: 'builtin', model: 'tiny' } },
      { kind: 'model', location: { kind: 'folder', folder: '/models/a b&c' } },
    ),
    sampling: fc.constantFrom<InspectorLink['sampling'][]>(undefined, greedySampling, {
      ...{ temperature: 0.85, topK: 40, topP: 0.9, minP: 0.05, repetitionPenalty: 1.1 },
      seed: 3,
    }),
    place,
  },
  plain,
);

function refusedWhere(query: string): unknown {
  try {
    readLink(query);
  } catch (thrown) {
    return failureOf(thrown).details;
  }
  return undefined;
}

describe('inspector link', () => {
  it('is read as it was written', () => {
    fc.assert(
      fc.property(anyLink, (link) => {
        assert.deepEqual(readLink(writeLink(link)), link);
      }),
    );
  });

  it('needs no more than a text', () => {
    const link = readLink('text=a+girl');
    assert.equal(link.text, 'a girl');
    assert.deepEqual(link.model, { kind: 'builtin' });
    assert.deepEqual([link.place.step, link.place.token], ['overview', -1]);
  });

  it('is refused with the field that is wrong', () => {
    assert.deepEqual(refusedWhere(''), { where: 'text' });
    assert.deepEqual(refusedWhere('file=file%3A%2F%2F%2Fa&from=0'), { where: 'text' });
    for (const wrong of [
      'step=sleep',
      'block=-1',
      'head=x',
      'cell=1',
      'drawn=x',
      'digest=z',
      'edits=%7B',
      'depth=deep',
      'table=2',
      'sampling=%7B',
    ]) {
      const where = wrong.slice(0, wrong.indexOf('='));
      assert.deepEqual(refusedWhere(`text=a&${wrong}`), { where });
    }
    assert.deepEqual(refusedWhere(`text=${'a'.repeat(30_000)}`), { where: '?' });
  });

  it('names a long text by its file, and refuses one that stands in none', async () => {
    const started = startService();
    const session = new PanelSession({
      engine: started.service,
      vocabulary: async () => new Vocabulary(await started.service.client.vocabulary({})),
      sampling: greedySampling,
      stop: { maxTokens: 8, stopStrings: [] },
    });
    try {
      assert.throws(() => linkOf(session.state), /text-empty/);
      const text = 'A girl. '.repeat(longestLinkedText / 4);
      const uri = 'file:///story.md';
      const source = { file: 'story.md', line: 0, uri, start: 5, end: 5 + text.length };
      await session.inspect({ text, source });
      const link = linkOf(session.state);
      assert.equal(link.text, undefined);
      assert.deepEqual(link.source, { uri, start: 5, end: 5 + text.length });
      assert.equal(link.digest, digestOf(text));
      const homeless: PanelState = { ...session.state, source: undefined };
      assert.throws(() => linkOf(homeless), /link-too-long/);
    } finally {
      session.dispose();
      await started.service.stop();
    }
  });

  it('restores place, edits and how tokens are picked with the text', async () => {
    const started = startService();
    const session = new PanelSession({
      engine: started.service,
      vocabulary: async () => new Vocabulary(await started.service.client.vocabulary({})),
      sampling: greedySampling,
      stop: { maxTokens: 8, stopStrings: [] },
    });
    try {
      const given = readLink(
        `text=Once+upon+a+time&step=attend&open=1&block=1&head=2&cell=2.1&token=2&edits=${encodeURIComponent(
          '{"mask":[{"kind":"band","width":2}],"positions":[]}',
        )}&depth=mathematics&table=1&sampling=${encodeURIComponent(JSON.stringify(drawn))}`,
      );
      const { text = '', edits, place, sampling } = given;
      assert.deepEqual(sampling, drawn);
      await session.inspect({
        text,
        source: undefined,
        edits,
        place,
        sampling,
      });
      assert.deepEqual(session.state.sampling, drawn);
      assert.deepEqual(
        [session.state.place.depth, session.state.place.table],
        ['mathematics', true],
      );
      assert.deepEqual(linkOf(session.state), {
        ...given,
        digest: digestOf(text),
        place: session.state.place,
      });
      assert.deepEqual(session.state.place, { ...session.state.place, ...place });
      assert.notEqual(session.state.unedited, undefined);
    } finally {
      session.dispose();
      await started.service.stop();
    }
  });
});
