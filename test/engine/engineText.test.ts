// Text through the engine: in chunks, in windows and counted, always the tokens of the whole.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Engine } from '../../src/engine/engine';
import { generate } from '../../src/engine/sampling/generate';
import { openModelFolder } from '../../src/engine/files/modelFolder';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer';
import { tokenizeWindow } from '../../src/engine/tokenizing';
import { nodeModelFiles } from '../../src/worker/nodeFiles';
import { nodeParts } from '../../src/worker/nodeHost';
import type { GeneratedToken } from '../../src/protocol/engineApi';
import type { Progress } from '../../src/protocol/health';
import { greedySampling } from '../../src/protocol/sampling';
import { rejectsWith } from '../support/failing';
import { pace } from '../support/traced';

const folder = 'media/models/builtin';
const words = fc.oneof(
  fc.constantFrom(
    ' the',
    'garden',
    ' ',
    '\n',
    '\r\n\r\n',
    '。',
    'むかしむかし',
    '🧑‍🍳',
    'e\u0301',
    '\ud83c',
    "n't",
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const someText = fc.array(words, { maxLength: 60 }).map((parts) => parts.join(''));

describe('text', () => {
  const engine = new Engine(nodeParts({ kernels: 'dist/kernels.wasm', builtin: folder }));
  let tokenizer: Tokenizer;
  before(async () => {
    await engine.openModel({ location: { kind: 'builtin' } });
    const opened = await openModelFolder(await nodeModelFiles(folder));
    assert.ok(opened.tokenizer !== undefined);
    tokenizer = opened.tokenizer;
    await opened.close();
  });
  after(() => engine.dispose());

  it('is tokenized in chunks as it is at once', async () => {
    await fc.assert(
      fc.asyncProperty(someText, fc.integer({ min: 1, max: 60 }), async (piece, times) => {
        const text = `${piece}${'x y\n'.repeat(3)}`.repeat(times * 8);
        const table = await engine.tokenize({ text });
        assert.deepEqual(table, tokenizer.encode(text));
        assert.equal(await engine.countTokens({ text }), table.ids.length);
      }),
      { numRuns: 40 },
    );
  });

  it('reports progress while it is long', async () => {
    const text = 'one two three\n'.repeat(200_000);
    const seen: Progress[] = [];
    await engine.countTokens({ text }, { onProgress: (progress) => seen.push(progress) });
    assert.ok(seen.length > 1, 'more than the end was told');
    assert.ok(
      seen.every(({ done }, n) => done > (seen[n - 1]?.done ?? 0)),
      'it rises',
    );
    assert.deepEqual(seen.at(-1), { done: text.length, total: text.length });
  });

  it('cut to a window gives only tokens that the whole text has there', async () => {
    await fc.assert(
      fc.asyncProperty(someText, fc.nat(400), fc.nat(400), async (text, a, b) => {
        const from = Math.min(a, b, text.length);
        const to = Math.min(Math.max(a, b), text.length);
        const window = {
          text: text.slice(from, to),
          atStart: from === 0,
          atEnd: to === text.length,
        };
        const table = await engine.tokenizeWindow(window);
        if (!isCertain(tokenizer, window)) return;
        const whole = tokenizer.encode(text);
        const rows = Array.from(whole.ids, (id, row) => [id, whole.starts[row], whole.ends[row]]);
        const known = new Set(rows.map((row) => row.join()));
        for (const [row, id] of table.ids.entries()) {
          const place = [id, (table.starts[row] ?? NaN) + from, (table.ends[row] ?? NaN) + from];
          assert.ok(known.has(place.join()), `${place.join()} is no token of the whole text`);
        }
        const first = table.starts[0] ?? 0;
        const last = table.ends.at(-1) ?? 0;
        const covered = whole.starts.filter(
          (start) => start >= from + first && start < from + last,
        );
        assert.equal(table.ids.length, covered.length, 'tokens are missing');
      }),
    );
  });

  it("in a window has byte offsets from the window's start, up to the last token's end", async () => {
    const text = 'むかし the old pond 古池 a';
    const table = await engine.tokenizeWindow({ text, atStart: false, atEnd: false });
    const start = table.starts[0] ?? -1;
    const end = table.ends.at(-1) ?? -1;
    assert.deepEqual([start, end], [3, 19], 'from the first to the last certain boundary');
    assert.equal(table.byteStarts[0], Buffer.byteLength(text.slice(0, start)));
    assert.equal(table.byteLength, Buffer.byteLength(text.slice(0, end)));
  });

  it('without any certain boundary is tokenized as it stands', async () => {
    const window = { text: 'むかしむかし', atStart: false, atEnd: false };
    assert.deepEqual(
      await tokenizeWindow(tokenizer, window, { pace: pace(), onProgress: undefined }),
      tokenizer.encode(window.text),
    );
  });

  it('shows merges only for as much as a person can read', async () => {
    assert.equal((await engine.merges({ text: 'a'.repeat(4096) })).length > 0, true);
    await rejectsWith('text-too-large', engine.merges({ text: 'a'.repeat(4097) }));
  });

  it('ends generation with the token that completes a stop string, and not before', async () => {
    const { ids } = await engine.tokenize({ text: 'むかしむかし、' });
    const free = await collect(engine, ids, []);
    const text = tokenizer.decode(free.map(({ id }) => id));
    const target = Array.from(text).slice(3, 5).join('');
    const stopped = await collect(engine, ids, ['never', target]);
    assert.equal(stopped.at(-1)?.stopped, 'stop');
    const upTo = tokenizer.decode(stopped.map(({ id }) => id));
    assert.ok(upTo.includes(target), `${upTo} has ${target}`);
    const shorter = tokenizer.decode(stopped.slice(0, -1).map(({ id }) => id));
    assert.ok(!shorter.includes(target), `${shorter} has no ${target} yet`);
  });

  it('gives a vocabulary that belongs to the caller', async () => {
    const [one, two] = [await engine.vocabulary({}), await engine.vocabulary({})];
    one.bytes.fill(0);
    one.offsets.fill(0);
    assert.deepEqual(two, tokenizer.vocabulary);
  });
});

/** Whether the window holds two certain boundaries to stand between. */
function isCertain(
  tokenizer: Tokenizer,
  { text, atStart, atEnd }: { text: string; atStart: boolean; atEnd: boolean },
): boolean {
  const inside = Array.from({ length: text.length }, (_, index) => index).slice(1);
  const cuts = inside.filter((index) => tokenizer.safeCut(text, index));
  const start = atStart ? 0 : cuts[0];
  const end = atEnd ? text.length : cuts.at(-1);
  return start !== undefined && end !== undefined && start < end;
}

async function collect(
  engine: Engine,
  ids: Int32Array,
  stopStrings: readonly string[],
): Promise<GeneratedToken[]> {
  const tokens: GeneratedToken[] = [];
  const stop = { maxTokens: 24, stopStrings };
  for await (const token of generate(engine, { ids, sampling: greedySampling, stop })) {
    tokens.push(token);
  }
  return tokens;
}
