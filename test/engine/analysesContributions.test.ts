// Direct contributions to a logit: whatever a model adds to its hidden state, the parts are the whole.
import assert from 'node:assert/strict';
import { logitsAt } from '../../src/engine/tracing/activation';
import { contributions } from '../../src/engine/tracing/contributions';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import type { Contributions } from '../../src/protocol/runs';
import { assertClose } from '../support/closeness';
import { deviceCases } from '../support/devices';
import { rejectsWith } from '../support/failing';
import { loadModel, randomWeights, smallConfig } from '../support/models';
import { seeded, wholes } from '../support/random';
import { weightsOf } from '../support/safetensors';
import { ask, openTraced, pace, reference, rounded, tracedModel } from '../support/traced';

const ids = wholes(seeded(3), 9, smallConfig.vocabulary);

/** Configs that add to the hidden state in different ways. */
const configs: Record<string, ModelConfig> = {
  'GPT-2': smallConfig,
  'RMSNorm, rotary, gated, grouped, untied': {
    ...smallConfig,
    norm: 'rms',
    position: 'rotary',
    activation: 'silu_gated',
    keyValueHeads: 2,
    biases: false,
    tied: false,
  },
  'no norm, sinusoidal': { ...smallConfig, norm: 'none', position: 'sinusoidal' },
  'no feed-forward, no position': { ...smallConfig, activation: 'none', position: 'none' },
  'no blocks': { ...smallConfig, layers: 0 },
};

for (const { name: deviceName, create, tolerance } of deviceCases) {
  for (const [configName, config] of Object.entries(configs)) {
    describe(`contributions in ${configName} on ${deviceName}`, () => {
      it('sum to the logit, for every token and position', async () => {
        const model = await openTraced(create(), config);
        const { run } = await model.runs.start({ ids }, pace());
        const record = model.runs.get(run);
        for (const [position, id] of [
          [0, 0],
          [4, 7],
          [8, 22],
        ] as const) {
          const parts = await contributions(model, { run: record, position, id }, pace());
          const logits = await logitsAt(model, { run: record, position }, pace());
          assert.equal(parts.logit, logits[id]);
          // Parts are told in float32 and cancel each other: a share of the largest of them.
          const largest = Math.max(...allParts(parts).map(Math.abs));
          const difference = Math.abs(allParts(parts).reduce((a, b) => a + b, 0) - parts.logit);
          assert.ok(
            difference <= tolerance * largest,
            `position ${position}, id ${id}: off by ${difference}, largest part ${largest}`,
          );
        }
        model.dispose();
      });
    });
  }
}

describe('contributions', () => {
  it('are refused where norms stand after the sums, for the parts are then no parts', async () => {
    const model = await openTraced(reference(), { ...smallConfig, normPlace: 'post' });
    const { run } = await model.runs.start({ ids }, pace());
    const at = { run: model.runs.get(run), position: 1, id: 1 };
    await rejectsWith('config-unsupported', contributions(model, at, pace()));
    model.dispose();
  });
});

describe('a model of zeros', () => {
  it('has vectors of zero, uniform patterns and equal chances', async () => {
    for (const { create } of deviceCases) {
      const zeros = randomWeights(smallConfig);
      for (const [name, { shape, values }] of zeros) {
        zeros.set(name, { shape, values: new Float32Array(values.length) });
      }
      const device = create();
      const decoder = await loadModel(device, smallConfig, zeros);
      const model = tracedModel(decoder, weightsOf(zeros), 1e9);
      const info = await model.runs.start({ ids }, pace());
      assertClose(info.surprisalBits.slice(1), new Array<number>(8).fill(Math.log2(23)), rounded);
      const pattern = await ask(model, info, { name: 'blocks.1.attn.pattern', index: [0, 3] });
      assertClose(pattern.values, [0.25, 0.25, 0.25, 0.25, 0, 0, 0, 0, 0], rounded);
      const hidden = await ask(model, info, { name: 'blocks.1.resid_post', index: [] });
      assert.ok(hidden.values.every((value) => value === 0));
      const facts = await model.table.facts({ id: 3, neighbours: 5 }, pace());
      assert.deepEqual([facts.norm, facts.nearest], [0, []]);
      const at = { run: model.runs.get(info.run), position: 2, id: 1 };
      assert.ok(allParts(await contributions(model, at, pace())).every((part) => part === 0));
      device.dispose();
    }
  });
});

function allParts(parts: Contributions): number[] {
  const { embed, position, heads, attentionBias, feedForward, normBias } = parts;
  return [embed, position, ...heads, ...attentionBias, ...feedForward, normBias];
}
