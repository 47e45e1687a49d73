// Generating token by token: the cache saves work and changes nothing.
import assert from 'node:assert/strict';
import type { Decoder } from '../../src/engine/model/decoder';
import { generate } from '../../src/engine/sampling/generate';
import { Stepper } from '../../src/engine/sampling/stepper';
import { Pace } from '../../src/engine/work';
import type { GeneratedToken, StepRequest } from '../../src/protocol/engineApi';
import { greedySampling } from '../../src/protocol/sampling';
import { deviceCases } from '../support/devices';
import { rejectsWith } from '../support/failing';
import { breathe, loadModel, smallConfig } from '../support/models';
import { oracleNames, readOracle } from '../support/oracle';
import { seeded, wholes } from '../support/random';

const host = { now: () => 0, breathe };
const stop = { maxTokens: 100, stopStrings: [] };
const warm = { temperature: 1.3, topK: 0, topP: 1, seed: 11 };
const prompt = wholes(seeded(5), 6, smallConfig.vocabulary);

for (const { name: deviceName, create, rounding } of deviceCases) {
  describe(`stepping on ${deviceName}`, () => {
    const device = create();
    let decoder: Decoder;
    before(async () => {
      decoder = await loadModel(device, smallConfig);
    });
    after(() => {
      device.dispose();
    });

    it('gives each token the logits of a pass without cache', async () => {
      const stepper = stepperOf(decoder);
      let ids = prompt;
      for (let count = 0; count < 14; count++) {
        const token = await stepper.step(request(ids), pace());
        const window = ids.slice(-smallConfig.context);
        const logits = await decoder.forward({ ids: window, logits: 'last', breathe });
        const difference = Math.abs(token.logit - (logits[token.id] ?? NaN));
        // The logits of this model reach some tens; what is summed in another order differs by a rounding of that.
        assert.ok(difference <= rounding * 100, `token ${count}: ${difference}`);
        ids = Int32Array.of(...ids, token.id);
      }
      stepper.dispose();
    });

    it('says truly what the cache kept, computed and dropped', async () => {
      const stepper = stepperOf(decoder);
      const first = await stepper.step(request(prompt), pace());
      assert.deepEqual(first.cache, { kept: 0, computed: 6, dropped: 0 });
      const longer = Int32Array.of(...prompt, first.id);
      assert.deepEqual(await cacheOf(stepper, longer), { kept: 6, computed: 1, dropped: 0 });
      assert.deepEqual(await cacheOf(stepper, longer), { kept: 6, computed: 1, dropped: 0 });
      const back = prompt.slice(0, 4);
      assert.deepEqual(await cacheOf(stepper, back), { kept: 3, computed: 1, dropped: 0 });
      const other = Int32Array.of(...prompt.slice(0, 2), ((prompt[2] ?? 0) + 1) % 23, 5);
      assert.deepEqual(await cacheOf(stepper, other), { kept: 2, computed: 2, dropped: 0 });
      const full = wholes(seeded(6), 16, smallConfig.vocabulary);
      assert.deepEqual(await cacheOf(stepper, full), { kept: 0, computed: 16, dropped: 0 });
      const slid = Int32Array.of(...full, 3);
      assert.deepEqual(await cacheOf(stepper, slid), { kept: 0, computed: 16, dropped: 1 });
      stepper.dispose();
    });

    it('takes the token that a person chooses, and tells its rank and what the model thought of it', async () => {
      const stepper = stepperOf(decoder);
      const rows = smallConfig.vocabulary;
      const asked = { ids: prompt, sampling: greedySampling, step: 0, rows };
      const { ids, probabilities } = await stepper.predict(asked, pace());
      for (const [index, choice] of [...ids].entries()) {
        const token = await stepper.step({ ...request(prompt), choice }, pace());
        assert.deepEqual(
          [token.id, token.rank, token.chosen, token.draw],
          [choice, index + 1, true, undefined],
        );
        const bits = -Math.log2(probabilities[index] ?? NaN);
        // The last row is computed alone the second time; logits of some tens differ by a rounding of that.
        const tolerance = rounding * 200 + 1e-10;
        assert.ok(
          Math.abs(token.surprisalBits - bits) <= tolerance,
          `${token.surprisalBits} ${bits}`,
        );
        assert.ok(Math.abs(-Math.log2(token.probability) - bits) <= tolerance, String(index));
      }
      await rejectsWith(
        'id-out-of-range',
        stepper.step({ ...request(prompt), choice: rows }, pace()),
      );
      stepper.dispose();
    });

    it('draws the same tokens again after going back', async () => {
      const stepper = stepperOf(decoder);
      const forth = await generated(stepper, prompt, 8);
      const ids = forth.map(({ id }) => id);
      for (const count of [7, 3, 0, 5]) {
        const start = Int32Array.of(...prompt, ...ids.slice(0, count));
        const again = await stepper.step({ ...request(start), sampling: warm }, pace());
        assert.equal(again.id, ids[count], `step ${count}`);
        assert.equal(again.draw, forth[count]?.draw, `draw ${count}`);
      }
      assert.ok(new Set(forth.map(({ draw }) => draw)).size === 8, 'each step has its own draw');
      stepper.dispose();
    });

    it('makes several at once as one after another, up to a number, an end or a time', async () => {
      const stepper = stepperOf(decoder);
      const expected = await generated(stepper, prompt, 12);
      const start = { ...request(prompt), sampling: warm, stop: { ...stop, maxTokens: 12 } };
      const all = await stepper.steps({ ...start, most: 50, ms: 1000 }, pace());
      const plain = ({ id, rank, stopped }: GeneratedToken): unknown[] => {
        return [id, rank, stopped];
      };
      assert.deepEqual(all.map(plain), expected.map(plain));
      const some = await stepper.steps({ ...start, most: 5, ms: 1000 }, pace());
      assert.deepEqual(some.map(plain), expected.slice(0, 5).map(plain));
      // This clock stands still, so that no time at all is over at once.
      const one = await stepper.steps({ ...start, most: 50, ms: 0 }, pace());
      assert.deepEqual(one.map(plain), expected.slice(0, 1).map(plain));
      for (const wrong of [
        { most: 0, ms: 10 },
        { most: 1.5, ms: 10 },
        { most: 5, ms: 5000 },
      ]) {
        await rejectsWith('setting-invalid', stepper.steps({ ...start, ...wrong }, pace()));
      }
      stepper.dispose();
    });

    it('serves steps that overlap one after another', async () => {
      const stepper = stepperOf(decoder);
      const texts = [prompt, prompt.slice(0, 3), Int32Array.of(...prompt, 1)];
      const together = await Promise.all(texts.map((ids) => stepper.step(request(ids), pace())));
      for (const [index, ids] of texts.entries()) {
        const alone = stepperOf(decoder);
        assert.equal((await alone.step(request(ids), pace())).id, together[index]?.id);
        alone.dispose();
      }
      stepper.dispose();
    });

    it('stays right after a step that was cancelled half-way', async () => {
      const stepper = stepperOf(decoder);
      await stepper.step(request(prompt), pace());
      const controller = new AbortController();
      let breaths = 0;
      const tired = new Pace(
        {
          // Time flies, so that every pause takes a breath.
          now: () => (breaths += 100),
          breathe: () => {
            controller.abort();
            return Promise.resolve();
          },
        },
        controller.signal,
      );
      const other = wholes(seeded(9), 9, smallConfig.vocabulary);
      await rejectsWith('cancelled', stepper.step(request(other), tired));
      const afterwards = await stepper.step(request(other), pace());
      const fresh = stepperOf(decoder);
      assert.equal(afterwards.id, (await fresh.step(request(other), pace())).id);
      fresh.dispose();
      stepper.dispose();
    });

    it('refuses what it cannot step from', async () => {
      const stepper = stepperOf(decoder);
      await rejectsWith('text-empty', stepper.step(request(new Int32Array()), pace()));
      await rejectsWith('id-out-of-range', stepper.step(request(Int32Array.of(1, 23)), pace()));
      await rejectsWith('id-out-of-range', stepper.step(request(Int32Array.of(-1)), pace()));
      const late = { ...request(prompt), promptLength: 7 };
      await rejectsWith('setting-invalid', stepper.step(late, pace()));
      stepper.dispose();
    });
  });

  for (const name of oracleNames) {
    it(`continues ${name} greedily as PyTorch does on ${deviceName}`, async () => {
      const oracle = readOracle(name);
      const device = create();
      const decoder = await loadModel(device, oracle.config, renamed(oracle.weights));
      const stepper = stepperOf(decoder);
      const start = oracle.rows[0]?.ids ?? new Int32Array();
      const half = start.slice(0, Math.floor(start.length / 2));
      const maxTokens = oracle.greedy.length - half.length;
      const tokens: GeneratedToken[] = [];
      const settings = {
        ids: half,
        sampling: greedySampling,
        stop: { maxTokens, stopStrings: [] },
      };
      for await (const token of generate({ step: (r) => stepper.step(r, pace()) }, settings)) {
        tokens.push(token);
      }
      assert.deepEqual(
        tokens.map(({ id }) => id),
        [...oracle.greedy].slice(-maxTokens),
      );
      assert.deepEqual(
        tokens.map(({ stopped }) => stopped),
        [...new Array<undefined>(maxTokens - 1).fill(undefined), 'length'],
      );
      device.dispose();
    });
  }
}

function stepperOf(decoder: Decoder): Stepper {
  const bytesOf = (ids: ArrayLike<number>): Uint8Array => Uint8Array.from(ids);
  return new Stepper({ decoder, host, bytesOf });
}

function request(ids: Int32Array): StepRequest {
  const promptLength = Math.min(ids.length, prompt.length);
  return { ids, promptLength, sampling: greedySampling, stop };
}

function pace(): Pace {
  return new Pace(host, undefined);
}

async function cacheOf(stepper: Stepper, ids: Int32Array): Promise<GeneratedToken['cache']> {
  return (await stepper.step(request(ids), pace())).cache;
}

async function generated(
  stepper: Stepper,
  ids: Int32Array,
  maxTokens: number,
): Promise<GeneratedToken[]> {
  const tokens: GeneratedToken[] = [];
  const start = { ids, sampling: warm, stop: { ...stop, maxTokens } };
  for await (const token of generate({ step: (r) => stepper.step(r, pace()) }, start)) {
    tokens.push(token);
  }
  return tokens;
}

function renamed<Value>(weights: ReadonlyMap<string, Value>): Map<string, Value> {
  return new Map([...weights].map(([name, value]) => [name.replace(/^transformer\./, ''), value]));
}
