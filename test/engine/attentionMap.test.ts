// Maps of attention: weights, their means, and what really reaches a query, against the definitions.
import assert from 'node:assert/strict';
import { attentionMap } from '../../src/engine/tracing/attentionMap';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import type { AttentionMap, AttentionMapOf, RunInfo } from '../../src/protocol/runs';
import type { Work } from '../../src/engine/work';
import { assertClose } from '../support/closeness';
import { rejectsWith } from '../support/failing';
import { smallConfig } from '../support/models';
import { seeded, wholes } from '../support/random';
import { ask, openTraced, pace, reference, rounded, type TracedModel } from '../support/traced';

const tokens = 9;
const ids = wholes(seeded(3), tokens, smallConfig.vocabulary);
const { layers, heads, width } = smallConfig;

const configs: Record<string, ModelConfig> = {
  'GPT-2': smallConfig,
  'a model whose heads share keys and values': {
    ...smallConfig,
    keyValueHeads: 1,
    position: 'rotary',
  },
};

for (const [name, config] of Object.entries(configs)) {
  describe(`a map of attention in ${name}`, () => {
    let model: TracedModel;
    let info: RunInfo;

    before(async () => {
      model = await openTraced(reference(), config);
      info = await model.runs.start({ ids }, pace());
    });

    after(() => {
      model.dispose();
    });

    const mapOf = (wanted: AttentionMapOf): Promise<AttentionMap> =>
      attentionMap(model, { ...wanted, run: model.runs.get(info.run) }, quiet());

    const patternOf = (block: number, head: number): Promise<Float32Array> =>
      ask(model, info, { name: `blocks.${block}.attn.pattern`, index: [head] }).then(
        ({ values }) => values,
      );

    it('is the pattern itself where weights of one head are asked for', async () => {
      const { map, norms } = await mapOf({ kind: 'weights', block: 1, head: 0 });
      assert.deepEqual(map.shape, [tokens, tokens]);
      assert.deepEqual(map.values, await patternOf(1, 0));
      assert.equal(norms, undefined);
    });

    it('averages weights over the heads of a block, and over all blocks', async () => {
      const whole = new Float64Array(tokens * tokens);
      for (let block = 0; block < layers; block++) {
        const mean = new Float64Array(tokens * tokens);
        for (let head = 0; head < heads; head++) {
          (await patternOf(block, head)).forEach((weight, cell) => {
            mean[cell] = (mean[cell] ?? 0) + weight / heads;
          });
        }
        assertClose((await mapOf({ kind: 'weights', block })).map.values, mean, rounded);
        mean.forEach((weight, cell) => (whole[cell] = (whole[cell] ?? 0) + weight / layers));
      }
      assertClose((await mapOf({ kind: 'weights' })).map.values, whole, rounded);
    });

    it('weighs a key by the norm of its value through the output projection', async () => {
      for (let head = 0; head < heads; head++) {
        const { map, norms } = await mapOf({ kind: 'contributions', block: 0, head });
        assert.ok(norms);
        const pattern = await patternOf(0, head);
        const products = pattern.map((weight, cell) => weight * (norms[cell % tokens] ?? NaN));
        assertClose(map.values, products, rounded);
        // The first query sees itself alone, so that all that its head writes is this contribution.
        const { values } = await ask(model, info, {
          name: 'blocks.0.attn.result',
          index: [0, head],
        });
        assertClose([map.values[0] ?? NaN], [norm(values)], rounded);
      }
    });

    it('takes the heads of a block together, which may cancel each other', async () => {
      const { map } = await mapOf({ kind: 'contributions', block: 1 });
      const { values } = await ask(model, info, { name: 'blocks.1.attn.result', index: [0] });
      const together = Float64Array.from({ length: width }, (_, channel) => {
        let sum = 0;
        for (let head = 0; head < heads; head++) sum += values[head * width + channel] ?? NaN;
        return sum;
      });
      assertClose([map.values[0] ?? NaN], [norm(together)], rounded);
      const apart = await Promise.all(
        Array.from({ length: heads }, (_, head) =>
          mapOf({ kind: 'contributions', block: 1, head }),
        ),
      );
      for (const [cell, value] of map.values.entries()) {
        const most = apart.reduce((sum, each) => sum + (each.map.values[cell] ?? NaN), 0);
        assert.ok(value <= most + 1e-6, `cell ${cell}: ${value} is more than ${most}`);
        const isLater = cell % tokens > Math.floor(cell / tokens);
        assert.ok(isLater ? value === 0 : value > 0);
      }
      const other = (await mapOf({ kind: 'contributions', block: 0 })).map.values;
      const mean = map.values.map((value, cell) => (value + (other[cell] ?? NaN)) / 2);
      assertClose((await mapOf({ kind: 'contributions' })).map.values, mean, rounded);
    });

    it('is refused for a block or head that there is not', async () => {
      await rejectsWith('setting-invalid', mapOf({ kind: 'weights', block: layers }));
      await rejectsWith('setting-invalid', mapOf({ kind: 'weights', block: 0, head: heads }));
    });
  });
}

describe('a model without blocks', () => {
  it('has no map of attention', async () => {
    const model = await openTraced(reference(), { ...smallConfig, layers: 0 });
    const { run } = await model.runs.start({ ids }, pace());
    const wanted = { kind: 'weights', run: model.runs.get(run) } as const;
    await rejectsWith('activation-unknown', attentionMap(model, wanted, quiet()));
    model.dispose();
  });
});

function norm(values: ArrayLike<number>): number {
  return Math.hypot(...Array.from(values));
}

/** Work whose progress nobody hears of. */
function quiet(): Work {
  return { pace: pace(), onProgress: undefined };
}
