// How a model knows where a token stands.
import assert from 'node:assert/strict';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { assertClose } from '../support/closeness';
import type { DeviceCase } from '../support/devices';
import { deviceCases } from '../support/devices';
import { loadModel, rowsOf, smallConfig, traceModel } from '../support/models';
import { runVariant, variantIds as ids } from '../support/variants';

const { width, vocabulary } = smallConfig;

for (const device of deviceCases) {
  describe(`Positions of the decoder on ${device.name}`, () => {
    itHasPositions(device);
  });
}

function itHasPositions(device: DeviceCase): void {
  it('rotary: scores depend on the distance of two positions only', async () => {
    const config: ModelConfig = { ...smallConfig, position: 'rotary', layers: 1 };
    const onDevice = device.create();
    const decoder = await loadModel(onDevice, config);
    const early = await traceModel(decoder, ids);
    const cache = decoder.newCache();
    const past = 5;
    await traceModel(decoder, ids.subarray(0, past), { cache });
    const late = await traceModel(decoder, ids, { cache });
    const length = ids.length;
    const shifted = Array.from(late.values('blocks.0.attn.scores')).filter(
      (_, i) => i % (past + length) >= past,
    );
    // The angles differ, so their sines were rounded differently.
    const allowed = { tolerance: Math.max(device.rounding, 1e-12) * 10, what: 'scores' };
    assertClose(shifted, early.values('blocks.0.attn.scores'), allowed);
    assert.notDeepEqual(late.values('blocks.0.attn.k'), early.values('blocks.0.attn.k'));
    onDevice.dispose();
  });

  it('rotary: the score of two positions is the product of their recorded query and key', async () => {
    const trace = await runVariant(device, { ...smallConfig, position: 'rotary' });
    const { heads, headSize } = smallConfig;
    const [q, k] = [trace.values('blocks.0.attn.q'), trace.values('blocks.0.attn.k')];
    const expected: number[] = [];
    for (let h = 0; h < heads; h++) {
      for (let i = 0; i < ids.length * ids.length; i++) {
        const [row, column] = [Math.floor(i / ids.length), i % ids.length];
        const query = rowsOf(q, headSize, [row * heads + h, row * heads + h + 1]);
        const key = rowsOf(k, headSize, [column * heads + h, column * heads + h + 1]);
        expected.push(dot(query, key) / Math.sqrt(headSize));
      }
    }
    const allowed = { tolerance: device.rounding, what: 'scores' };
    assertClose(trace.values('blocks.0.attn.scores'), expected, allowed);
  });

  it('none: one block cannot tell the order of earlier tokens', async () => {
    const config: ModelConfig = { ...smallConfig, position: 'none', layers: 1 };
    const straight = await runVariant(device, config);
    const turned = Int32Array.from([...ids.slice(0, -1).reverse(), ids.at(-1) ?? 0]);
    const reversed = await runVariant(device, config, { ids: turned });
    const last = [ids.length - 1, ids.length] as const;
    const expected = rowsOf(straight.logits, vocabulary, last);
    const allowed = { tolerance: device.rounding * 10, what: 'last logits' };
    assertClose(rowsOf(reversed.logits, vocabulary, last), expected, allowed);
    assert.ok(!straight.names.includes('pos_embed'));
    const learned = await runVariant(device, { ...config, position: 'learned' }, { ids: turned });
    assert.notDeepEqual(rowsOf(learned.logits, vocabulary, last), expected);
  });

  it('sinusoidal: positions are sines and cosines whose products depend on distance only', async () => {
    const trace = await runVariant(device, { ...smallConfig, position: 'sinusoidal' });
    const rows = ids.map((_, t) => t);
    const table = trace.values('pos_embed');
    const row = (t: number): number[] => rowsOf(table, width, [t, t + 1]);
    const first = Array.from({ length: width }, (_, c) => c % 2);
    assert.deepEqual(row(0), first);
    // The table is float32: half a unit of 1 is 6e-8, and twelve of them add up.
    assert.ok(Math.abs((row(1)[0] ?? 0) - Math.sin(1)) < 1e-7);
    assert.ok(Math.abs((row(3)[3] ?? 0) - Math.cos(3 / 10_000 ** (2 / width))) < 1e-7);
    for (const t of rows.slice(0, -2)) {
      const difference = dot(row(t), row(t + 2)) - dot(row(0), row(2));
      assert.ok(Math.abs(difference) < 1e-6, `from position ${t}: ${difference}`);
    }
  });
}

function dot(a: readonly number[], b: readonly number[]): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0);
}
