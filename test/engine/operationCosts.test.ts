// What the flame strip says that operations take is what the reference device does, counted while it does it.
import assert from 'node:assert/strict';
import type { Stopwatch } from '../../src/engine/devices/timedDevice';
import type { Recorder } from '../../src/engine/tracing/recorder';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { countedReference } from '../support/countedReference';
import { breathe, loadModel, randomWeights, smallConfig } from '../support/models';

const configs: Readonly<Record<string, Partial<ModelConfig>>> = {
  'GPT-2': {},
  'grouped key heads': { keyValueHeads: 2 },
  'no biases': { biases: false },
  'exact GELU and sinusoids': { activation: 'gelu', position: 'sinusoidal' },
  'ReLU and norms after the sums': { activation: 'relu', normPlace: 'post' },
  'no non-linearity and no mask': { activation: 'identity', mask: 'none' },
  Llama: {
    ...{ norm: 'rms', position: 'rotary', activation: 'silu_gated' },
    ...{ biases: false, tied: false, keyValueHeads: 1 },
  },
};

/** The row of a table is read as often as its token comes; here each comes once. */
const ids = Int32Array.of(3, 17, 8, 22, 5);
/** Mean, variance, ε, root and reciprocal of a row, which the cost of an element leaves out. */
const perRow = { layer: 5, rms: 4, none: 0 } as const;

describe('The cost of an operation, counted while the reference device computes', () => {
  for (const [name, change] of Object.entries(configs)) {
    it(`is what is told of it, in a pass and from the cache: ${name}`, async () => {
      const config = { ...smallConfig, ...change };
      const { device, tally } = countedReference();
      const decoder = await loadModel(device, config, randomWeights(config));
      const seen = new Set<string>();
      let rows = 0;
      const watch: Stopwatch & { enter(): void } = {
        now: () => {
          tally.reset();
          return 0;
        },
        note: (operation, _, cost) => {
          seen.add(operation);
          const left = operation === 'norm' ? rows * perRow[config.norm] : 0;
          const counted = { flops: tally.flops - left, bytes: tally.bytes };
          assert.deepEqual(counted, cost, `${operation} of ${rows} rows`);
        },
        enter: () => undefined,
      };
      const timed = decoder.timed(watch);
      const cache = timed.newCache();
      const passes = [ids, Int32Array.of(9)];
      for (const part of passes) {
        rows = part.length;
        const logits = rows > 1 ? 'all' : 'last';
        await timed.forward({ ids: part, cache, recorder: results, logits, breathe });
      }
      const expected = ['gather', 'linear', 'linearPerHead', 'attentionPattern', 'copyRows'];
      for (const operation of expected) assert.ok(seen.has(operation), operation);
      cache.dispose();
      decoder.dispose();
    });
  }
});

/** Asks for each head's share, which is computed for who wants it alone. */
const results: Recorder = {
  wants: (name) => name.endsWith('.attn.result'),
  keep: () => Promise.resolve(),
};
