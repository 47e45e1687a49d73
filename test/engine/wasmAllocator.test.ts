// The allocator of the wasm device: any order of taking and giving back.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { Allocator } from '../../src/engine/devices/wasm/allocator';

const start = 1_000;
const firstEnd = 65_536;

describe('The allocator of the wasm device', () => {
  it('never hands out overlapping, unaligned or unreachable blocks, in any order of taking and freeing', () => {
    const actions = fc.array(
      fc.oneof(
        fc.record({ take: fc.integer({ min: 0, max: 300_000 }) }),
        fc.record({ give: fc.nat() }),
      ),
      { maxLength: 120 },
    );
    fc.assert(
      fc.property(actions, (list) => {
        const memory = new CountedMemory();
        const live: { address: number; bytes: number }[] = [];
        for (const action of list) {
          if ('take' in action) {
            const address = memory.allocator.allocate(action.take);
            assert.equal(address % 64, 0);
            assert.ok(address >= start && address + action.take + 16 <= memory.end);
            const overlapping = live.find(
              (other) =>
                address < other.address + other.bytes + 16 &&
                other.address < address + action.take + 16,
            );
            assert.deepEqual(overlapping, undefined);
            live.push({ address, bytes: action.take });
          } else if (live.length > 0) {
            const [block] = live.splice(action.give % live.length, 1);
            assert.ok(block);
            memory.allocator.release(block.address);
          }
        }
        for (const { address } of live) memory.allocator.release(address);
        assert.equal(memory.allocator.usedBytes, 0);
        const { end } = memory;
        memory.allocator.allocate(end - roundedStart - 64);
        assert.equal(memory.end, end, 'all that was freed is one block again');
      }),
      { numRuns: 200 },
    );
  });

  it('uses freed memory again before it grows', () => {
    const memory = new CountedMemory();
    const blocks = Array.from({ length: 10 }, () => memory.allocator.allocate(50_000));
    const { end } = memory;
    for (let round = 0; round < 50; round++) {
      memory.allocator.release(blocks[round % 10] ?? -1);
      blocks[round % 10] = memory.allocator.allocate(50_000 - round);
    }
    assert.equal(memory.end, end);
  });

  it('grows by little more than what was asked for', () => {
    const memory = new CountedMemory();
    const bytes = 300_000_000;
    memory.allocator.allocate(bytes);
    assert.ok(memory.end < bytes * 1.01, `${memory.end} bytes for ${bytes}`);
  });

  it('refuses a second release and an address it never gave', () => {
    const { allocator } = new CountedMemory();
    const address = allocator.allocate(10);
    allocator.allocate(10);
    allocator.release(address);
    assert.throws(() => allocator.release(address), RangeError);
    assert.throws(() => allocator.release(address + 4), RangeError);
  });

  it('is as before when the memory cannot grow', () => {
    const allocator = new Allocator({
      start,
      end: firstEnd,
      grow: () => {
        throw new Error('no more');
      },
    });
    const address = allocator.allocate(1_000);
    assert.throws(() => allocator.allocate(1_000_000), /no more/);
    assert.equal(allocator.usedBytes, 1_024);
    allocator.release(address);
    assert.equal(allocator.allocate(firstEnd - roundedStart - 16), roundedStart);
  });
});

const roundedStart = Math.ceil(start / 64) * 64;

/** A memory that is only its length. */
class CountedMemory {
  end = firstEnd;
  readonly allocator = new Allocator({
    start,
    end: firstEnd,
    grow: (bytes) => {
      assert.equal(bytes % 65_536, 0, 'memories grow by pages');
      this.end += bytes;
    },
  });
}
