// What the recorder keeps, what it leaves out, and that it says so.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';
import { MemoryRecorder } from '../../src/engine/tracing/memoryRecorder';

const device = new ReferenceDevice();
const numbers = device.allocate(12);
device.write(
  numbers,
  0,
  Float32Array.from({ length: 12 }, (_, i) => i),
);

function recorder(keep: readonly string[], limitBytes = 1e6): MemoryRecorder {
  return new MemoryRecorder(device, { keep, limitBytes });
}

describe('MemoryRecorder', () => {
  it('wants the names that match a pattern from end to end', () => {
    const { wants } = bound(recorder(['blocks.*.attn.pattern', 'logits', 'blocks.1.*']));
    for (const name of ['blocks.0.attn.pattern', 'blocks.11.attn.pattern', 'logits']) {
      assert.ok(wants(name), name);
    }
    assert.ok(wants('blocks.1.mlp.post'));
    for (const name of ['blocks.0.attn.scores', 'xlogits', 'logits2', 'blocksX0.attn.pattern']) {
      assert.ok(!wants(name), name);
    }
  });

  it('reads everything but * literally', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (before, between, other) => {
        const [a, b] = [before.replaceAll('*', ''), other.replaceAll('*', '')];
        const { wants } = bound(recorder([`${a}*${b}`]));
        assert.ok(wants(a + between + b));
        assert.equal(bound(recorder([a])).wants(other), a === other);
      }),
    );
  });

  it('wants nothing without patterns and everything with *', () => {
    assert.ok(!recorder([]).wants('embed'));
    assert.ok(recorder(['*']).wants('embed'));
  });

  it('keeps a copy in its shape', async () => {
    const kept = recorder(['*']);
    const array = device.allocate(4);
    device.write(array, 0, Float32Array.of(1, 2, 3, 4));
    await kept.keep({ name: 'embed', shape: [2, 2], array });
    device.write(array, 0, Float32Array.of(9, 9, 9, 9));
    device.free(array);
    assert.deepEqual(kept.get('embed'), { shape: [2, 2], values: Float64Array.of(1, 2, 3, 4) });
    assert.equal(kept.bytes, 4 * 8);
    assert.equal(kept.get('logits'), undefined);
  });

  it('gathers rows that lie apart', async () => {
    const kept = recorder(['*']);
    const apart = { array: numbers, offset: 1, stride: 5 };
    await kept.keep({ name: 'k', shape: [2, 1, 2], ...apart });
    assert.deepEqual(kept.get('k'), { shape: [2, 1, 2], values: Float64Array.of(1, 2, 6, 7) });
    assert.equal(kept.bytes, 4 * 8);
  });

  it('lists what does not fit and goes on with what does', async () => {
    const kept = recorder(['*'], 5 * 8);
    await kept.keep({ name: 'first', shape: [3], array: numbers });
    await kept.keep({ name: 'large', shape: [3], array: numbers });
    await kept.keep({ name: 'small', shape: [2], array: numbers });
    assert.deepEqual(kept.names, ['first', 'small']);
    assert.deepEqual(kept.skipped, ['large']);
    assert.equal(kept.get('large'), undefined);
    assert.equal(kept.bytes, 5 * 8);
  });

  it('replaces what it is told again', async () => {
    const kept = recorder(['*'], 3 * 8);
    await kept.keep({ name: 'embed', shape: [3], array: numbers });
    await kept.keep({ name: 'embed', shape: [2], array: numbers, offset: 4 });
    assert.deepEqual(kept.get('embed')?.values, Float64Array.of(4, 5));
    assert.equal(kept.bytes, 2 * 8);
    assert.deepEqual(kept.skipped, []);
  });
});

function bound(kept: MemoryRecorder): { wants: (name: string) => boolean } {
  return { wants: (name) => kept.wants(name) };
}
