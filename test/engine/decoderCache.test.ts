// A pass that goes on from a cache must make the numbers of one that starts over.
import assert from 'node:assert/strict';
import type { Decoder } from '../../src/engine/model/decoder';
import { assertClose } from '../support/closeness';
import { deviceCases } from '../support/devices';
import { breathe, loadModel, rowsOf, smallConfig, traceModel } from '../support/models';
import { seeded, wholes } from '../support/random';

const length = 12;
const ids = wholes(seeded(7), length, smallConfig.vocabulary);
const splits = [
  [12],
  [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],
  [5, 4, 3],
  [1, 11],
  [11, 1],
  [2, 1, 6, 3],
];
const variants = {
  'learned positions': smallConfig,
  'rotary positions': { ...smallConfig, position: 'rotary' },
  'grouped key heads': { ...smallConfig, keyValueHeads: 2 },
} as const;

for (const { name: deviceName, create, rounding } of deviceCases) {
  for (const [variant, config] of Object.entries(variants)) {
    describe(`Key/value cache with ${variant} on ${deviceName}`, () => {
      const device = create();
      const allowed = (what: string): { tolerance: number; what: string } => {
        return { tolerance: rounding, what };
      };
      let decoder: Decoder;
      before(async () => {
        decoder = await loadModel(device, config);
      });
      after(() => {
        device.dispose();
      });

      for (const split of splits) {
        it(`equals a run without it, fed ${split.join(' + ')}`, async () => {
          const whole = await traceModel(decoder, ids);
          const cache = decoder.newCache();
          for (const count of split) {
            const past = cache.length;
            const now = past + count;
            const part = await traceModel(decoder, ids.subarray(past, now), { cache });
            assert.equal(cache.length, now);
            assert.deepEqual(part.names, whole.names);
            for (const name of part.names) {
              const expected = /scores|pattern/.test(name)
                ? corner(whole.values(name), { past, now })
                : rowsOf(whole.values(name), whole.values(name).length / length, [past, now]);
              assertClose(part.values(name), expected, allowed(`${name} from ${past}`));
            }
          }
          cache.dispose();
        });
      }

      it('continues after a truncation as if the rest had never been there', async () => {
        const cache = decoder.newCache();
        await traceModel(decoder, wholes(seeded(3), 4, config.vocabulary), { cache });
        cache.truncate(0);
        await traceModel(decoder, ids.subarray(0, 7), { cache });
        cache.truncate(3);
        const other = Int32Array.of(...ids.subarray(0, 3), 5, 1, 4);
        const continued = await traceModel(decoder, other.subarray(3), { cache });
        const fresh = await traceModel(decoder, other);
        const expected = rowsOf(fresh.logits, config.vocabulary, [3, 6]);
        assertClose(continued.logits, expected, allowed('logits'));
        assert.throws(() => {
          cache.truncate(7);
        }, RangeError);
        cache.dispose();
      });

      it('takes a mask of the new rows over all positions', async () => {
        const mask = new Uint8Array(length * length);
        for (let q = 0; q < length; q++) {
          for (let k = 0; k <= q; k++) mask[q * length + k] = k === 2 && q > 4 ? 0 : 1;
        }
        const whole = await traceModel(decoder, ids, { mask });
        const cache = decoder.newCache();
        const five = mask.filter((_, i) => i % length < 5).subarray(0, 25);
        await traceModel(decoder, ids.subarray(0, 5), { cache, mask: five });
        const rest = { cache, mask: mask.subarray(5 * length) };
        const part = await traceModel(decoder, ids.subarray(5), rest);
        const expected = rowsOf(whole.logits, config.vocabulary, [5, length]);
        assertClose(part.logits, expected, allowed('logits'));
        cache.dispose();
      });

      it('is left as it was by a pass that throws', async () => {
        const cache = decoder.newCache();
        await traceModel(decoder, ids.subarray(0, 6), { cache });
        const aborted = { aborted: true, addEventListener: noop, removeEventListener: noop };
        const options = { ids: ids.slice(6), cache, logits: 'none', breathe } as const;
        await assert.rejects(decoder.forward({ ...options, signal: aborted }), /cancelled/);
        assert.equal(cache.length, 6);
        const tooMany = new Int32Array(config.context);
        await assert.rejects(decoder.forward({ ...options, ids: tooMany }), RangeError);
        assert.equal(cache.length, 6);
        cache.dispose();
      });
    });
  }
}

/** Queries [past, now) and the keys up to them of [H, T, T]. */
function corner(values: ArrayLike<number>, range: { past: number; now: number }): number[] {
  return Array.from(values).filter((_, i) => {
    const [q, k] = [Math.floor(i / length) % length, i % length];
    return q >= range.past && q < range.now && k < range.now;
  });
}

function noop(): void {
  // A signal that was aborted before has no more to tell.
}
