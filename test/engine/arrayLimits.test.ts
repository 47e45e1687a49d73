// Where an array may not be large, as on most GPUs: results come in parts, or with a clear answer.
import assert from 'node:assert/strict';
import { GpuDevice } from '../../src/engine/devices/gpu/gpuDevice';
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';
import { MemoryRecorder } from '../../src/engine/tracing/memoryRecorder';
import { GpujsLauncher } from '../../src/gpu/gpujsLauncher';
import { assertClose } from '../support/closeness';
import { rejectsWith } from '../support/failing';
import { breathe, loadModel, randomWeights, smallConfig } from '../support/models';

/** Room for the hidden units of ten tokens [10, 20] and for 8 rows of logits [8, 23], not for all of them. */
const mostNumbers = 200;

class SmallLauncher extends GpujsLauncher {
  largest = 0;

  override get mostNumbers(): number {
    return mostNumbers;
  }

  override launch(...given: Parameters<GpujsLauncher['launch']>) {
    this.largest = Math.max(
      this.largest,
      given[1].reduce((product, size) => product * size, 1),
    );
    return super.launch(...given);
  }
}

describe('A device whose arrays may not be large', () => {
  const config = { ...smallConfig, heads: 1, keyValueHeads: 1 };
  const ids = Int32Array.of(3, 17, 3, 8, 22, 1, 0, 5, 9, 11);

  it('gives all logits, a few rows at a time', async () => {
    const launcher = new SmallLauncher('cpu');
    const decoder = await loadModel(new GpuDevice(launcher), config, randomWeights(config));
    const actual = await decoder.forward({ ids, logits: 'all', breathe });
    const reference = await loadModel(new ReferenceDevice(), config, randomWeights(config));
    const expected = await reference.forward({ ids, logits: 'all', breathe });
    assert.ok(expected.length > mostNumbers);
    // Float32 sums of 20 products at most.
    assertClose(actual, expected, { tolerance: 1e-5, what: 'logits' });
    assert.ok(launcher.largest <= mostNumbers, `${launcher.largest} numbers in an array`);
  });

  it('says so when one that is wanted whole is larger, and goes on', async () => {
    const device = new GpuDevice(new SmallLauncher('cpu'));
    const decoder = await loadModel(device, config, randomWeights(config));
    const recorder = new MemoryRecorder(device, { keep: ['logits'], limitBytes: Infinity });
    const told = await rejectsWith(
      'array-too-large',
      decoder.forward({ ids, recorder, logits: 'none', breathe }),
    );
    assert.deepEqual(told, { bytes: 4 * 10 * 23, limitBytes: 4 * mostNumbers });
    const last = await decoder.forward({ ids, logits: 'last', breathe });
    assert.equal(last.length, 23);
  });
});
