// The decoder against PyTorch: every intermediate, the loss, the probabilities and the greedy continuation.
import assert from 'node:assert/strict';
import { Decoder } from '../../src/engine/model/decoder';
import type { KeyValueCache } from '../../src/engine/model/keyValueCache';
import { MemoryRecorder } from '../../src/engine/tracing/memoryRecorder';
import { assertClose } from '../support/closeness';
import { deviceCases } from '../support/devices';
import { gpujsDevices } from '../support/gpujsDevices';
import type { OracleCase, OracleRow } from '../support/oracle';
import { oracleNames, readOracle } from '../support/oracle';
import { weightsOf } from '../support/safetensors';

const breathe = (): Promise<void> => Promise.resolve();

for (const { name: deviceName, create, tolerance } of [...deviceCases, ...gpujsDevices]) {
  for (const name of oracleNames) {
    describe(`${name} on ${deviceName}`, () => {
      const oracle = readOracle(name);
      const device = create();
      let decoder: Decoder;
      before(async () => {
        decoder = await load(oracle, device);
      });
      after(() => {
        device.dispose();
      });

      for (const [row, expected] of oracle.rows.entries()) {
        it(`makes every intermediate of row ${row}`, async () => {
          const { recorder } = await trace(decoder, expected);
          for (const [activation, tensor] of expected.activations) {
            const actual = recorder.get(activation);
            assert.ok(actual !== undefined, `${activation} was not recorded`);
            assert.deepEqual(actual.shape, tensor.shape, activation);
            assertClose(actual.values, tensor.values, { tolerance, what: activation });
          }
          assert.deepEqual(recorder.skipped, []);
        });

        it(`splits the output of attention between the heads of row ${row}`, async () => {
          const { recorder } = await trace(decoder, expected);
          for (let block = 0; block < oracle.config.layers; block++) {
            const what = `blocks.${block}.attn.result`;
            const result = recorder.get(what);
            assert.deepEqual(result?.shape, [
              expected.ids.length,
              oracle.config.heads,
              oracle.config.width,
            ]);
            const bias = oracle.weights.get(`transformer.h.${block}.attn.c_proj.bias`)?.values;
            const sums = sumHeads(result.values, oracle.config, bias ?? new Float32Array(0));
            const whole = expected.activations.get(`blocks.${block}.attn_out`);
            assertClose(sums, whole?.values ?? [], { tolerance, what });
          }
        });

        it(`masks later positions of row ${row} exactly and shares 1 among the others`, async () => {
          const { recorder } = await trace(decoder, expected);
          for (let block = 0; block < oracle.config.layers; block++) {
            const pattern = recorder.get(`blocks.${block}.attn.pattern`);
            assertPattern(pattern?.values ?? [], expected.ids.length, oracle.config.heads);
          }
        });

        it(`gives the probabilities of row ${row}`, async () => {
          const { logits } = await trace(decoder, expected);
          const probabilities = rows(logits, oracle.config.vocabulary).flatMap((row) =>
            softmax(row),
          );
          assertClose(probabilities, expected.probabilities.values, { tolerance, what: 'probs' });
        });
      }

      it('has the loss', async () => {
        const losses: number[] = [];
        for (const row of oracle.rows) {
          const { logits } = await trace(decoder, row);
          for (const [t, scores] of rows(logits, oracle.config.vocabulary).entries()) {
            losses.push(-Math.log(softmax(scores)[row.targets[t] ?? -1] ?? NaN));
          }
        }
        const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
        assertClose([loss], [oracle.loss], { tolerance, what: 'loss' });
      });

      it('continues greedily with a cache', async () => {
        const cache = decoder.newCache();
        const prompt = Math.floor((oracle.rows[0]?.ids.length ?? 0) / 2);
        const ids = [...oracle.greedy.subarray(0, prompt)];
        assert.deepEqual(ids, [...(oracle.rows[0]?.ids.subarray(0, prompt) ?? [])]);
        let fresh = ids;
        while (ids.length < oracle.greedy.length) {
          fresh = [await nextGreedy(decoder, cache, fresh)];
          ids.push(...fresh);
        }
        cache.dispose();
        assert.deepEqual(ids, [...oracle.greedy]);
      });
    });
  }
}

function load(oracle: OracleCase, device: Decoder['device']): Promise<Decoder> {
  return Decoder.load({
    device,
    config: oracle.config,
    weights: weightsOf(oracle.weights, 1000),
    breathe,
  });
}

async function trace(
  decoder: Decoder,
  row: OracleRow,
): Promise<{ recorder: MemoryRecorder; logits: number[] }> {
  const recorder = new MemoryRecorder(decoder.device, { keep: ['*'], limitBytes: 1e8 });
  const logits = await decoder.forward({ ids: row.ids, recorder, logits: 'all', breathe });
  return { recorder, logits: [...logits] };
}

async function nextGreedy(decoder: Decoder, cache: KeyValueCache, ids: number[]): Promise<number> {
  const options = { ids: Int32Array.from(ids), cache, logits: 'last', breathe } as const;
  const logits = await decoder.forward(options);
  return logits.indexOf(Math.max(...logits));
}

/** Σ_h result[t, h, :] + bias, [T, C]. */
function sumHeads(
  result: ArrayLike<number>,
  { heads, width }: { heads: number; width: number },
  bias: Float32Array,
): Float64Array {
  const sums = new Float64Array(result.length / heads);
  for (let i = 0; i < result.length; i++) {
    const t = Math.floor(i / (heads * width));
    const c = i % width;
    sums[t * width + c] = (sums[t * width + c] ?? 0) + (result[i] ?? NaN);
  }
  return sums.map((sum, i) => sum + (bias[i % width] ?? NaN));
}

/** Each row of [H, T, T] sums to 1 within float32's rounding of T terms; later keys have exactly 0. */
function assertPattern(pattern: ArrayLike<number>, length: number, heads: number): void {
  assert.equal(pattern.length, heads * length * length);
  for (let row = 0; row < heads * length; row++) {
    let sum = 0;
    for (let k = 0; k < length; k++) {
      const weight = pattern[row * length + k] ?? NaN;
      if (k > row % length) assert.equal(weight, 0, `row ${row}, key ${k}`);
      sum += weight;
    }
    assert.ok(Math.abs(sum - 1) <= 1e-6, `row ${row} sums to ${sum}`);
  }
}

function rows(values: readonly number[], width: number): number[][] {
  return Array.from({ length: values.length / width }, (_, row) => {
    return values.slice(row * width, (row + 1) * width);
  });
}

function softmax(logits: readonly number[]): number[] {
  const largest = Math.max(...logits);
  const powers = logits.map((logit) => Math.exp(logit - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers.map((power) => power / sum);
}
