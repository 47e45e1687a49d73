// Edited masks and positions: what the edits mean, and that a pass under them is the pass they describe.
import assert from 'node:assert/strict';
import { Stepper } from '../../src/engine/sampling/stepper';
import { difference } from '../../src/engine/tracing/difference';
import { align, bothOf } from '../../src/protocol/alignment';
import { failureOf } from '../../src/protocol/failures';
import { maskOf, noPosition, positionsOf } from '../../src/protocol/runEdits';
import { greedySampling } from '../../src/protocol/sampling';
import { assertClose } from '../support/closeness';
import { deviceCases } from '../support/devices';
import { rejectsWith } from '../support/failing';
import { breathe, loadModel, randomWeights, smallConfig } from '../support/models';
import { seeded, wholes } from '../support/random';
import { ask, openTraced, pace, reference, rounded } from '../support/traced';

const ids = wholes(seeded(5), 7, smallConfig.vocabulary);
const [length, dropped] = [4, 0];

describe('an edited mask', () => {
  const rows = (...edits: Parameters<typeof maskOf>[0]): string[] => {
    const mask = maskOf(edits, { length, dropped });
    assert.ok(mask);
    return Array.from({ length }, (_, query) =>
      mask.subarray(query * length, (query + 1) * length).join(''),
    );
  };

  it('is the causal one, but for what was edited', () => {
    assert.equal(maskOf([], { length, dropped }), undefined);
    const cell = { kind: 'cell', query: 2, key: 1, seen: false } as const;
    assert.deepEqual(rows(cell), ['1000', '1100', '1010', '1111']);
    assert.deepEqual(rows(cell, { ...cell, seen: true }), ['1000', '1100', '1110', '1111']);
    assert.deepEqual(rows({ kind: 'row', query: 3, seen: false }), [
      '1000',
      '1100',
      '1110',
      '0001',
    ]);
    assert.deepEqual(rows({ kind: 'column', key: 0, seen: false }), [
      '1000',
      '0100',
      '0110',
      '0111',
    ]);
    assert.deepEqual(rows({ kind: 'band', width: 2 }), ['1000', '1100', '0110', '0011']);
    assert.deepEqual(rows({ kind: 'full' }), ['1111', '1111', '1111', '1111']);
    assert.deepEqual(rows({ kind: 'full' }, { kind: 'band', width: 1 }), [
      '1000',
      '0100',
      '0010',
      '0001',
    ]);
  });

  it('shows a query itself when nothing else is left', () => {
    const hide = (key: number) => ({ kind: 'cell', query: 1, key, seen: false }) as const;
    assert.deepEqual(rows(hide(0), hide(1)), ['1000', '0100', '1110', '1111']);
  });

  it('names tokens of the text, wherever the window begins', () => {
    const edits = [{ kind: 'cell', query: 12, key: 11, seen: false }] as const;
    const mask = maskOf(edits, { length, dropped: 10 });
    assert.deepEqual([...(mask ?? [])].slice(8, 12), [1, 0, 1, 0]);
    assert.deepEqual(
      maskOf(edits, { length, dropped: 20 })?.reduce((sum, x) => sum + x, 0),
      10,
    );
  });
});

describe('edited positions', () => {
  it('are swapped, moved and taken away in the order of the edits', () => {
    const of = (...edits: Parameters<typeof positionsOf>[0]) => [
      ...(positionsOf(edits, { length, dropped }) ?? []),
    ];
    assert.equal(positionsOf([], { length, dropped }), undefined);
    assert.deepEqual(of({ kind: 'swap', a: 1, b: 3 }), [0, 3, 2, 1]);
    assert.deepEqual(of({ kind: 'swap', a: 1, b: 3 }, { kind: 'drop', token: 1 }), [0, -1, 2, 1]);
    assert.deepEqual(of({ kind: 'move', token: 0, to: 2 }), [2, 1, 2, 3]);
    assert.deepEqual(of({ kind: 'dropAll' }), [-1, -1, -1, -1]);
    assert.deepEqual(of({ kind: 'swap', a: 3, b: 4 }), [0, 1, 2, 3]);
  });

  for (const { name: device, create } of deviceCases) {
    it(`put the rows of other positions under the tokens, and none where there is none, on ${device}`, async () => {
      const model = await openTraced(create(), smallConfig);
      const plain = await model.runs.start({ ids }, pace());
      const positions = Int32Array.of(1, 0, 2, 3, noPosition, 5, 6);
      const edited = await model.runs.start({ ids, positions }, pace());
      const before = await ask(model, plain, { name: 'pos_embed', index: [] });
      const after = await ask(model, edited, { name: 'pos_embed', index: [] });
      const { width } = smallConfig;
      const row = (values: Float32Array, at: number) => [
        ...values.slice(at * width, (at + 1) * width),
      ];
      assert.deepEqual(row(after.values, 0), row(before.values, 1));
      assert.deepEqual(row(after.values, 1), row(before.values, 0));
      assert.deepEqual(row(after.values, 4), new Array(width).fill(0));
      assert.deepEqual(row(after.values, 6), row(before.values, 6));
      model.dispose();
    });

    it(`turn queries and keys by other positions where positions are rotary, on ${device}`, async () => {
      const config = { ...smallConfig, position: 'rotary' } as const;
      const model = await openTraced(create(), config);
      const moved = await model.runs.start(
        { ids, positions: Int32Array.from(ids, (_, at) => at + 5) },
        pace(),
      );
      const plain = await model.runs.start({ ids }, pace());
      // Scores depend on the distance of two positions alone (Su et al. 2021, eq. 16).
      for (const name of ['blocks.1.attn.scores', 'logits']) {
        const [a, b] = [
          await ask(model, moved, { name, index: [] }),
          await ask(model, plain, { name, index: [] }),
        ];
        assertClose(a.values, b.values, { tolerance: 1e-4, what: name });
      }
      const none = Int32Array.from(ids, () => noPosition);
      const nowhere = await model.runs.start({ ids, positions: none }, pace());
      const zero = await model.runs.start({ ids, positions: none.map(() => 0) }, pace());
      const ask0 = (info: typeof plain) => ask(model, info, { name: 'blocks.0.attn.q', index: [] });
      assertClose((await ask0(nowhere)).values, (await ask0(zero)).values, rounded);
      model.dispose();
    });
  }

  it('are refused where there is no such position, or not one for each token', async () => {
    const model = await openTraced(reference(), smallConfig);
    for (const positions of [
      Int32Array.of(0),
      Int32Array.from(ids, () => smallConfig.context),
      Int32Array.from(ids, () => -2),
    ])
      await rejectsWith('setting-invalid', model.runs.start({ ids, positions }, pace()));
    model.dispose();
  });
});

describe('the difference of two runs', () => {
  it('is zero for two runs of the same, and what the definitions say for an edited one', async () => {
    const model = await openTraced(reference(), smallConfig);
    const before = await model.runs.start({ ids }, pace());
    const mask = maskOf([{ kind: 'band', width: 2 }], { dropped: 0, length: ids.length });
    const after = await model.runs.start({ ids, mask }, pace());
    const pair = (run: number) => ({
      before: model.runs.get(before.run),
      after: model.runs.get(run),
    });
    const none = await difference(model, pair(before.run), pace());
    for (const values of Object.values(none) as Float32Array[])
      assert.ok(values.every((x) => x === 0));
    const found = await difference(model, pair(after.run), pace());
    const get = async (name: string) => {
      const [a, b] = [
        await ask(model, before, { name, index: [] }),
        await ask(model, after, { name, index: [] }),
      ];
      return [a.values, b.values] as const;
    };
    const tokens = ids.length;
    const [a, b] = await get('blocks.1.attn.pattern');
    const moved = a.reduce(
      (sum, x, i) => (i < tokens * tokens ? sum + Math.abs(x - (b[i] ?? 0)) : sum),
      0,
    );
    assertClose([found.heads[smallConfig.heads] ?? NaN], [moved / 2 / tokens], rounded);
    const [p, q] = await get('logits');
    const { vocabulary } = smallConfig;
    const last = (values: Float32Array) => softmax(values.slice((tokens - 1) * vocabulary));
    const [was, is] = [last(p), last(q)];
    const bits = was.reduce((sum, x, id) => sum + x * Math.log2(x / (is[id] ?? 0)), 0);
    assertClose([found.divergenceBits[tokens - 1] ?? NaN], [bits], { ...rounded, tolerance: 1e-4 });
    assert.ok((found.states[found.states.length - 1] ?? 0) > 0);
    assert.ok(found.states.slice(0, tokens).every((x) => x === 0));
    model.dispose();
  });

  it('compares the positions that are paired, a key without counterpart weighing nothing on the other side', async () => {
    const model = await openTraced(reference(), smallConfig);
    const others = Int32Array.of(...ids.slice(0, 2), ...ids.slice(3));
    const [a, b] = [
      await model.runs.start({ ids }, pace()),
      await model.runs.start({ ids: others }, pace()),
    ];
    const pairs = bothOf(align(ids, others));
    const of = { before: model.runs.get(a.run), after: model.runs.get(b.run) };
    const found = await difference(model, { ...of, pairs }, pace());
    const count = pairs.length / 2;
    assert.equal(count, others.length);
    assert.equal(found.divergenceBits.length, count);
    // Before the deleted token nothing has changed; behind it everything has.
    for (let layer = 0; layer <= smallConfig.layers; layer++) {
      const row = found.states.subarray(layer * count, (layer + 1) * count);
      assert.ok(row.subarray(0, 2).every((x) => x === 0));
      assert.ok(row.subarray(2).every((x) => x > 0));
    }
    const name = 'blocks.1.attn.pattern';
    const was = (await ask(model, a, { name, index: [0] })).values;
    const is = (await ask(model, b, { name, index: [0] })).values;
    let moved = 0;
    for (let query = 0; query < count; query++) {
      const before = query < 2 ? query : query + 1;
      moved += was[before * ids.length + 2] ?? NaN;
      for (let key = 0; key < count; key++) {
        const there = was[before * ids.length + (key < 2 ? key : key + 1)] ?? NaN;
        moved += Math.abs((is[query * count + key] ?? NaN) - there);
      }
    }
    assertClose([found.heads[smallConfig.heads] ?? NaN], [moved / 2 / count], rounded);
    const falling = difference(model, { ...of, pairs: [1, 1, 0, 0] }, pace());
    await rejectsWith('setting-invalid', falling);
    model.dispose();
  });

  it('is refused for texts of different length', async () => {
    const model = await openTraced(reference(), smallConfig);
    const [a, b] = [
      await model.runs.start({ ids }, pace()),
      await model.runs.start({ ids: ids.slice(1) }, pace()),
    ];
    const pair = { before: model.runs.get(a.run), after: model.runs.get(b.run) };
    await assert.rejects(
      difference(model, pair, pace()),
      (thrown) => failureOf(thrown).code === 'setting-invalid',
    );
    model.dispose();
  });
});

describe('a step of an edited line', () => {
  it('draws from the edited pass, which keeps nothing of another', async () => {
    const decoder = await loadModel(reference(), smallConfig, randomWeights(smallConfig));
    const host = { now: () => 0 };
    const stepper = new Stepper({ decoder, host, bytesOf: () => new Uint8Array() });
    const mask = maskOf([{ kind: 'band', width: 1 }], { dropped: 0, length: ids.length });
    const request = {
      ids,
      promptLength: 1,
      sampling: greedySampling,
      stop: { maxTokens: 20, stopStrings: [] },
    };
    const logitsUnder = (passMask?: Uint8Array) =>
      decoder.forward({ ids, mask: passMask, logits: 'last', breathe });
    const [plain, edited] = [
      await stepper.step(request, pace()),
      await stepper.step({ ...request, ...(mask && { mask }) }, pace()),
    ];
    assert.equal(plain.logit, Math.max(...(await logitsUnder())));
    assert.equal(edited.logit, Math.max(...(await logitsUnder(mask))));
    assert.notEqual(edited.logit, plain.logit);
    assert.deepEqual(edited.cache, { kept: 0, computed: ids.length, dropped: 0 });
    stepper.dispose();
    decoder.device.dispose();
  });
});

function softmax(logits: Float32Array): number[] {
  const max = Math.max(...logits);
  const sum = logits.reduce((total, logit) => total + Math.exp(logit - max), 0);
  return Array.from(logits, (logit) => Math.exp(logit - max) / sum);
}
