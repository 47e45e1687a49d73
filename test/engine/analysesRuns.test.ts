// Runs: what they tell of each token, what they hold, and that nothing depends on what is held.
import assert from 'node:assert/strict';
import { keepColumns, keepRows } from '../../src/engine/tracing/activation';
import { activationBytes, activationNames } from '../../src/engine/tracing/activationShapes';
import { headStatistics } from '../../src/engine/tracing/headStatistics';
import { traceBytes } from '../../src/engine/traceBytes';
import { failureOf } from '../../src/protocol/failures';
import type { RunInfo } from '../../src/protocol/runs';
import { assertClose } from '../support/closeness';
import { rejectsWith } from '../support/failing';
import { deviceCases } from '../support/devices';
import { breathe, smallConfig } from '../support/models';
import { seeded, wholes } from '../support/random';
import { parseSafetensors } from '../support/safetensors';
import {
  ask,
  distributionOf,
  openTraced,
  order,
  pace,
  reference,
  rounded,
} from '../support/traced';

const ids = wholes(seeded(3), 9, smallConfig.vocabulary);

describe('a run', () => {
  it('tells surprisal and rank of each token from the whole distribution', async () => {
    const model = await openTraced(reference(), smallConfig);
    const info = await model.runs.start({ ids }, pace());
    const logits = await model.decoder.forward({ ids, logits: 'all', breathe });
    const expected = expectedSurprisal(logits, ids);
    assert.ok(Number.isNaN(info.surprisalBits[0]));
    assert.equal(info.ranks[0], 0);
    // Hidden states pass through float32 on the way from the device: 6e-8 of a value.
    assertClose(info.surprisalBits.slice(1), expected.bits, { tolerance: 1e-6, what: 'surprisal' });
    assert.deepEqual([...info.ranks.slice(1)], expected.ranks);
    model.dispose();
  });

  it('keeps the last ids that fit and says how many did not', async () => {
    const model = await openTraced(reference(), smallConfig);
    const long = wholes(seeded(4), 40, smallConfig.vocabulary);
    const info = await model.runs.start({ ids: long }, pace());
    assert.equal(info.dropped, 24);
    assert.deepEqual(info.ids, long.slice(24));
    assert.equal(info.surprisalBits.length, 16);
    model.dispose();
  });

  it('answers the same whether activations were held or are computed again', async () => {
    const roomy = await openTraced(reference(), smallConfig);
    const tight = await openTraced(reference(), smallConfig, 4000);
    const [held, again] = [
      await roomy.runs.start({ ids }, pace()),
      await tight.runs.start({ ids }, pace()),
    ];
    const names = ['embed', 'blocks.0.attn.pattern', 'blocks.1.attn.scores', 'blocks.1.mlp.post'];
    for (const name of [...names, 'blocks.0.attn.result', 'ln_final.normalized', 'logits']) {
      for (const index of [[], [2]]) {
        const a = await ask(roomy, held, { name, index });
        const b = await ask(tight, again, { name, index });
        assert.deepEqual(a, b, `${name} ${index.join()}`);
        assert.ok(tight.runs.heldBytes <= 4000, `${tight.runs.heldBytes} bytes held`);
      }
    }
    assert.deepEqual(
      await headStatistics(tight, { run: tight.runs.get(again.run) }, pace()),
      await headStatistics(roomy, { run: roomy.runs.get(held.run) }, pace()),
    );
    roomy.dispose();
    tight.dispose();
  });

  for (const { name: device, create } of deviceCases) {
    it(`runs one block again from what enters it, to the same numbers, on ${device}`, async () => {
      const [roomy, tight] = [
        await openTraced(create(), smallConfig),
        // Half of it holds the states of both blocks and little more.
        await openTraced(create(), smallConfig, 2 * 4 * 9 * smallConfig.width * 6),
      ];
      const held = await roomy.runs.start({ ids }, pace());
      const again = await tight.runs.start({ ids }, pace());
      const names = ['ln1.normalized', 'attn.pattern', 'attn.result', 'mlp.pre', 'resid_post'];
      for (const block of [1, 0]) {
        for (const part of names) {
          const at = { name: `blocks.${block}.${part}`, index: [] };
          assert.deepEqual(await ask(tight, again, at), await ask(roomy, held, at), at.name);
        }
      }
      roomy.dispose();
      tight.dispose();
    });
  }

  it('keeps what was asked for last, whatever else of its block is kept with it', async () => {
    const names = activationNames(smallConfig).filter((name) => name.startsWith('blocks.1.'));
    const bytes = names.map((name) => activationBytes(name, smallConfig, ids.length));
    // A quarter, which holds what is asked for later, has room for the largest and no more.
    const model = await openTraced(reference(), smallConfig, 4 * Math.max(...bytes));
    const { run } = await model.runs.start({ ids }, pace());
    for (const name of names) {
      const made = await model.runs.activation(model.runs.get(run), name, pace());
      assert.equal(await model.runs.activation(model.runs.get(run), name, pace()), made, name);
    }
    model.dispose();
  });

  it('gives some rows of an activation as they stand in all of it', async () => {
    const model = await openTraced(reference(), smallConfig);
    const info = await model.runs.start({ ids }, pace());
    const all = await ask(model, info, { name: 'blocks.1.resid_post', index: [] });
    const some = keepRows(all, [3, 7]);
    assert.deepEqual(some.shape, [4, smallConfig.width]);
    const [from, to] = [3 * smallConfig.width, 7 * smallConfig.width];
    assert.deepEqual(some.values, all.values.slice(from, to));
    assert.equal(keepRows(all, undefined), all);
    for (const wrong of [
      [4, 3],
      [0, 10],
      [-1, 2],
      [0.5, 2],
    ] as const)
      assert.throws(
        () => keepRows(all, wrong),
        (thrown) => failureOf(thrown).code === 'setting-invalid',
      );
    model.dispose();
  });

  it('gives some columns of an activation as they stand in all of it', async () => {
    const model = await openTraced(reference(), smallConfig);
    const info = await model.runs.start({ ids }, pace());
    const name = 'blocks.1.mlp.post';
    const all = await ask(model, info, { name, index: [] });
    const [tokens = 0, hidden = 0] = all.shape;
    const some = keepColumns(all, [2, 5]);
    assert.deepEqual(some.shape, [tokens, 3]);
    for (let token = 0; token < tokens; token++)
      for (let column = 0; column < 3; column++)
        assert.equal(some.values[token * 3 + column], all.values[token * hidden + 2 + column]);
    // Of one row alone, too.
    const row = await ask(model, info, { name, index: [4] });
    assert.deepEqual(keepColumns(row, [2, 5]).values, row.values.slice(2, 5));
    assert.equal(keepColumns(all, undefined), all);
    assert.throws(
      () => keepColumns(all, [3, hidden + 1]),
      (thrown) => failureOf(thrown).code === 'setting-invalid',
    );
    model.dispose();
  });

  for (const limitBytes of [1e9, 4000]) {
    it(`becomes a file of all its activations, with room for ${limitBytes} bytes`, async () => {
      const model = await openTraced(reference(), smallConfig, limitBytes);
      const info = await model.runs.start({ ids }, pace());
      const bytes = await traceBytes(model, model.runs.get(info.run), pace());
      const tensors = parseSafetensors(Buffer.from(bytes));
      assert.deepEqual([...(tensors.get('ids')?.values ?? [])], [...ids]);
      const names = activationNames(smallConfig);
      assert.deepEqual([...tensors.keys()].toSorted(), ['ids', ...names].toSorted());
      for (const name of names) {
        const { shape, values } = await ask(model, info, { name, index: [] });
        const found = tensors.get(name);
        assert.deepEqual(found?.shape, shape, name);
        assertClose(found.values, values, { ...rounded, what: name });
      }
      model.dispose();
    });
  }

  for (const { name: device, create } of deviceCases) {
    it(`follows an edited mask in everything after it, on ${device}`, async () => {
      // With little room blocks are run again, and must be under the same mask.
      for (const limitBytes of [1e9, 4 * 9 * smallConfig.width * 12]) {
        const model = await openTraced(create(), smallConfig, limitBytes);
        const [query, key, length] = [5, 2, ids.length];
        const mask = Uint8Array.from({ length: length * length }, (_, cell) => {
          const [row, column] = [Math.floor(cell / length), cell % length];
          return column <= row && !(row === query && column === key) ? 1 : 0;
        });
        const causal = await model.runs.start({ ids }, pace());
        const edited = await model.runs.start({ ids, mask }, pace());
        for (const block of [0, 1]) {
          const name = `blocks.${block}.attn.pattern`;
          const pattern = await ask(model, edited, { name, index: [] });
          for (let head = 0; head < smallConfig.heads; head++) {
            const start = (head * length + query) * length;
            const row = [...pattern.values.subarray(start, start + length)];
            assert.equal(row[key], 0, `block ${block}, head ${head}`);
            const sum = row.reduce((total, weight) => total + weight, 0);
            assert.ok(Math.abs(sum - 1) < 1e-6, `block ${block}, head ${head}: sum ${sum}`);
          }
        }
        const logits = { name: 'logits', index: [] };
        const [before, after] = [
          await ask(model, causal, logits),
          await ask(model, edited, logits),
        ];
        const expected = await model.decoder.forward({ ids, mask, logits: 'all', breathe });
        // The last product is made of other numbers of rows at a time.
        assertClose(after.values, expected, { tolerance: 1e-5, what: 'logits under the mask' });
        const untouched = query * smallConfig.vocabulary;
        assertClose(after.values.subarray(0, untouched), before.values.subarray(0, untouched), {
          tolerance: 1e-5,
          what: 'logits before the edited row',
        });
        const isChanged = after.values.some(
          (value, index) => Math.abs(value - (before.values[index] ?? NaN)) > 1e-3,
        );
        assert.ok(isChanged, 'the edit changed nothing');
        model.dispose();
      }
    });
  }

  it('refuses a mask of other size, and one in which a query sees nothing', async () => {
    const model = await openTraced(reference(), smallConfig);
    const start = (mask: Uint8Array) => model.runs.start({ ids, mask }, pace());
    await rejectsWith('setting-invalid', start(new Uint8Array(80).fill(1)));
    const blind = new Uint8Array(81).fill(1).fill(0, 18, 27);
    await rejectsWith('setting-invalid', start(blind));
    model.dispose();
  });

  it('lets go of the activations of the run used longest ago first', async () => {
    const model = await openTraced(reference(), smallConfig, 30_000);
    const infos: RunInfo[] = [];
    for (let length = 3; length < 12; length++) {
      infos.push(await model.runs.start({ ids: ids.slice(0, length) }, pace()));
      assert.ok(model.runs.heldBytes <= 30_000);
    }
    for (const info of infos) {
      const block = await ask(model, info, { name: 'blocks.1.attn.pattern', index: [1] });
      assert.deepEqual(block.shape, [info.ids.length, info.ids.length]);
    }
    model.dispose();
  });

  it('refuses names, indices and runs that do not exist', async () => {
    const model = await openTraced(reference(), smallConfig);
    const info = await model.runs.start({ ids }, pace());
    for (const name of [
      'blocks.2.attn.q',
      'blocks.0.attn.x',
      'hook_embed',
      '',
      'blocks.*.attn.q',
    ]) {
      await rejectsWith('activation-unknown', ask(model, info, { name, index: [] }));
    }
    for (const index of [[4], [-1], [0.5], [0, 9], [0, 0, 0, 0]]) {
      const name = 'blocks.0.attn.pattern';
      await rejectsWith('setting-invalid', ask(model, info, { name, index }));
    }
    await rejectsWith('setting-invalid', ask(model, info, { name: 'logits', index: [9] }));
    await rejectsWith('run-unknown', ask(model, { run: 99 }, { name: 'embed', index: [] }));
    await rejectsWith('text-empty', model.runs.start({ ids: new Int32Array() }, pace()));
    await rejectsWith('id-out-of-range', model.runs.start({ ids: Int32Array.of(23) }, pace()));
    model.dispose();
  });
});

function expectedSurprisal(logits: ArrayLike<number>, of: Int32Array) {
  const bits: number[] = [];
  const ranks: number[] = [];
  for (let position = 1; position < of.length; position++) {
    const row = Array.from(logits).slice((position - 1) * 23, position * 23);
    const id = of[position] ?? -1;
    bits.push(-Math.log2(distributionOf(row).probabilities[id] ?? NaN));
    ranks.push(order(row).indexOf(id) + 1);
  }
  return { bits, ranks };
}
