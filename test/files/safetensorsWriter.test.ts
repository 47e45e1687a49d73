// What is written must be what an independent reader reads.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readSafetensorsHeader } from '../../src/engine/files/safetensorsHeader';
import { planSafetensors, tensorBytes } from '../../src/engine/files/safetensorsWriter';
import { byteSource } from '../support/modelFolders';
import { readSafetensors } from '../support/safetensors';

const plan = planSafetensors([
  { name: 'floats', type: 'F32', shape: [2, 3] },
  { name: 'ids', type: 'I64', shape: [3] },
  { name: 'nothing', type: 'F32', shape: [0, 7] },
]);

function written(): Uint8Array {
  const file = new Uint8Array(plan.size);
  file.set(plan.head);
  file.set(tensorBytes(Float32Array.of(1, -2, 0.5, 3, 4, 5)), plan.offsets.get('floats'));
  file.set(tensorBytes(BigInt64Array.of(7n, 0n, 50_256n)), plan.offsets.get('ids'));
  return file;
}

describe('a safetensors file that is written', () => {
  it('is read back the same by another reader', () => {
    const folder = mkdtempSync(join(tmpdir(), 'tokenscope-'));
    try {
      const path = join(folder, 'x.safetensors');
      writeFileSync(path, written());
      const tensors = readSafetensors(path);
      assert.deepEqual(Array.from(tensors.get('floats')?.values ?? []), [1, -2, 0.5, 3, 4, 5]);
      assert.deepEqual(Array.from(tensors.get('ids')?.values ?? []), [7, 0, 50_256]);
      assert.deepEqual(tensors.get('floats')?.shape, [2, 3]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is proper by the checks of our reader, each tensor aligned to its elements', async () => {
    const entries = await readSafetensorsHeader(byteSource(written()), 'x');
    assert.deepEqual(
      entries.map(({ name, type }) => [name, type]),
      [
        ['ids', 'I64'],
        ['floats', 'F32'],
        ['nothing', 'F32'],
      ],
    );
    for (const { offset, type } of entries) assert.equal(offset % (type === 'I64' ? 8 : 4), 0);
  });
});
