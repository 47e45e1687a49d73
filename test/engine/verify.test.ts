// Verify: each number of a run against the same number computed again from its operands, by another path.
import assert from 'node:assert/strict';
import type { Device, LinearOp, NormOp } from '../../src/engine/devices/device';
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';
import { activationNames, activationShape } from '../../src/engine/tracing/activationShapes';
import { compareDevices, type Difference } from '../../src/engine/verifying/compareDevices';
import { verify } from '../../src/engine/verifying/verify';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import type { Verification } from '../../src/protocol/runs';
import { deviceCases } from '../support/devices';
import { rejectsWith } from '../support/failing';
import { gpujsDevices } from '../support/gpujsDevices';
import { loadModel, randomWeights, smallConfig } from '../support/models';
import { weightsOf } from '../support/safetensors';
import { openTraced, pace, reference, tracedModel, type TracedModel } from '../support/traced';
import { tensorOf } from '../support/variants';

const ids = Int32Array.of(3, 17, 3, 8, 22);

const variants: Readonly<Record<string, Partial<ModelConfig>>> = {
  'the architecture of GPT-2': {},
  'norms after the sums': { normPlace: 'post' },
  'no norms, after the sums': { norm: 'none', normPlace: 'post' },
  'no norms at all': { norm: 'none' },
  'the architecture of Llama': {
    ...{ norm: 'rms', position: 'rotary', activation: 'silu_gated' },
    ...{ keyValueHeads: 2, biases: false, tied: false },
  },
  'rotary positions with biases': { position: 'rotary' },
  'sinusoidal positions': { position: 'sinusoidal', activation: 'gelu' },
  'no feed-forward network': { activation: 'none', position: 'none' },
  'no mask': { mask: 'none' },
  'no blocks': { layers: 0 },
};

/**
 * Of a single operation in float32, as a share of the activation's largest value: sums of up to 23 products of numbers
 * below 30 round in the seventh digit.
 */
const oneOperation = 1e-5;

function check(
  model: TracedModel,
  run: number,
  at: { name: string; index: readonly number[] },
): Promise<Verification> {
  return verify(model, { ...at, run: model.runs.get(run) }, pace());
}

/** Every seventh cell of an activation, the first and the last among them. */
function cellsOf(shape: readonly number[]): number[][] {
  const length = shape.reduce((product, size) => product * size, 1);
  const places = Array.from({ length: Math.ceil(length / 7) }, (_, n) => n * 7);
  return [...places, length - 1].map((place) => {
    let rest = place;
    const index = shape.toReversed().map((size) => {
      const at = rest % size;
      rest = (rest - at) / size;
      return at;
    });
    return index.reverse();
  });
}

async function checkAll(model: TracedModel, run: number): Promise<Verification[]> {
  const found: Verification[] = [];
  for (const name of activationNames(model.decoder.config)) {
    const shape = activationShape(name, model.decoder.config, ids.length);
    for (const index of cellsOf(shape)) found.push(await check(model, run, { name, index }));
  }
  return found;
}

function distance({ recorded, recomputed, largest }: Verification): number {
  return Math.abs(recorded - recomputed) / Math.max(largest, Number.MIN_VALUE);
}

/** Compiling kernels takes GPU.js long: what it computes elsewhere is compared op by op. */
const gpujsVariants = ['the architecture of GPT-2', 'the architecture of Llama'];

describe('verify', () => {
  for (const { name: device, create } of [...deviceCases, ...gpujsDevices]) {
    for (const [name, changes] of Object.entries(variants)) {
      if (device.startsWith('GPU.js') && !gpujsVariants.includes(name)) continue;
      it(`on ${device} finds every activation with ${name} to follow from its operands`, async () => {
        const model = await openTraced(create(), { ...smallConfig, ...changes });
        const { run } = await model.runs.start({ ids }, pace());
        for (const found of await checkAll(model, run)) {
          const where = `${found.name}[${String(found.index)}]`;
          assert.ok(Number.isFinite(found.recorded) && Number.isFinite(found.recomputed), where);
          assert.ok(
            distance(found) <= oneOperation,
            `${where}: ${found.recorded} against ${found.recomputed}`,
          );
          assert.ok(found.operands.length > 0 || found.name === 'pos_embed', where);
        }
        model.dispose();
      });
    }
  }

  it('follows an edited mask', async () => {
    const model = await openTraced(reference(), smallConfig);
    const mask = new Uint8Array(25).fill(1);
    mask[4 * 5] = 0;
    const { run } = await model.runs.start({ ids, mask }, pace());
    for (const [query, key] of [
      [1, 4],
      [4, 0],
      [4, 2],
    ] as const) {
      const at = { name: 'blocks.1.attn.pattern', index: [2, query, key] };
      const found = await check(model, run, at);
      assert.ok(distance(found) <= oneOperation, `${query}, ${key}`);
      assert.equal(found.recomputed === 0, query === 4 && key === 0);
    }
    model.dispose();
  });

  for (const position of ['learned', 'sinusoidal', 'rotary'] as const) {
    it(`follows edited ${position} positions`, async () => {
      const model = await openTraced(reference(), { ...smallConfig, position });
      const positions = Int32Array.of(4, 0, -1, 2, 2);
      const { run } = await model.runs.start({ ids, positions }, pace());
      for (const found of await checkAll(model, run)) {
        const where = `${found.name}[${String(found.index)}]`;
        assert.ok(distance(found) <= oneOperation, where);
      }
      model.dispose();
    });
  }

  it('tells the operands, and products that sum up to the number', async () => {
    const model = await openTraced(reference(), smallConfig);
    const { run } = await model.runs.start({ ids }, pace());
    const score = await check(model, run, { name: 'blocks.0.attn.scores', index: [2, 4, 1] });
    assert.deepEqual(
      score.operands.map(({ name, count }) => [name, count]),
      [
        ['blocks.0.attn.q[4, 2, :]', 4],
        ['blocks.0.attn.k[1, 2, :]', 4],
      ],
    );
    assert.equal(score.products?.factor, 0.5);
    const unit = await check(model, run, { name: 'blocks.1.mlp_out', index: [4, 3] });
    assert.deepEqual(
      unit.operands.map(({ name }) => name),
      ['blocks.1.mlp.post[4, :]', 'h.1.mlp.c_proj.weight[:, 3]', 'h.1.mlp.c_proj.bias[3]'],
    );
    assert.deepEqual([unit.products?.count, unit.products?.top.length], [20, 8]);
    for (const { recomputed, products } of [score, unit]) {
      assert.ok(products !== undefined);
      const told = products.top.reduce((sum, { product }) => sum + product, products.others);
      const total = products.factor * (told + products.bias);
      // The same float64 sum in another order.
      assert.ok(Math.abs(total - recomputed) < 1e-12, `${total} against ${recomputed}`);
    }
    const state = await check(model, run, { name: 'blocks.0.resid_pre', index: [1, 0] });
    const parts = state.operands.map(({ value }) => value ?? NaN);
    assert.equal((parts[0] ?? NaN) + (parts[1] ?? NaN), state.recomputed);
    model.dispose();
  });

  it('catches a device that computes one number wrong, in that number alone', async () => {
    const model = await openTraced(new FaultyDevice(), smallConfig);
    const { run } = await model.runs.start({ ids }, pace());
    const wrong = (await checkAll(model, run)).filter((found) => distance(found) > oneOperation);
    // The faulty unit is the first of those that are sampled; everything that reads it follows from it.
    assert.deepEqual(
      wrong.map(({ name, index }) => `${name}[${String(index)}]`),
      ['blocks.0.mlp.pre[0,0]', 'blocks.1.mlp.pre[0,0]'],
    );
    model.dispose();
  });

  it('catches a weight that is not the one in the file', async () => {
    const inFile = randomWeights(smallConfig);
    const onDevice = new Map(inFile);
    const { shape, values } = tensorOf(inFile, 'h.1.mlp.c_proj.weight');
    // Row 2, column 5 of [20, 12].
    const changed = values.map((value, at) => (at === 2 * 12 + 5 ? value + 0.5 : value));
    onDevice.set('h.1.mlp.c_proj.weight', { shape, values: changed });
    const decoder = await loadModel(reference(), smallConfig, onDevice);
    const model = tracedModel(decoder, weightsOf(inFile, 100), 1e9);
    const { run } = await model.runs.start({ ids }, pace());
    const of = (index: readonly number[]) => check(model, run, { name: 'blocks.1.mlp_out', index });
    const hit = await of([4, 5]);
    assert.ok(distance(hit) > 1e-3, `${hit.recorded} against ${hit.recomputed}`);
    assert.ok(distance(await of([4, 4])) <= oneOperation);
    model.dispose();
  });

  it('refuses what there is not', async () => {
    const model = await openTraced(reference(), smallConfig);
    const { run } = await model.runs.start({ ids }, pace());
    const refused = (code: string, name: string, index: readonly number[]) =>
      rejectsWith(code, check(model, run, { name, index }));
    await refused('activation-unknown', 'blocks.2.attn.q', [0, 0, 0]);
    await refused('setting-invalid', 'blocks.0.attn.q', [0, 0]);
    await refused('setting-invalid', 'blocks.0.attn.q', [5, 0, 0]);
    await refused('setting-invalid', 'logits', [0, 23]);
    model.dispose();
  });
});

const linear = new ReferenceDevice().linear;

/** Adds a little to the first number of every product that makes hidden units. */
class FaultyDevice extends ReferenceDevice {
  override readonly linear = (op: LinearOp): void => {
    linear(op);
    if (op.weight.outputs !== smallConfig.hidden) return;
    const error = this.allocate(1);
    this.write(error, 0, Float32Array.of(0.01));
    this.add({ a: op.out, b: error, out: op.out, length: 1 });
    this.free(error);
  };
}

describe('verify of a whole trace', () => {
  const compared = async (device: Device): Promise<Difference[]> => {
    const [exact, other] = [reference(), device];
    const differences: Difference[] = [];
    const [first, second] = [
      await loadModel(exact, smallConfig),
      await loadModel(other, smallConfig),
    ];
    await compareDevices({ reference: first, others: [second] }, ids, {
      pace: pace(),
      tell: (difference) => void differences.push(difference),
    });
    for (const used of [exact, other]) used.dispose();
    return differences;
  };

  it('finds no difference between two references, in every activation once', async () => {
    const differences = await compared(reference());
    assert.deepEqual(
      differences.map(({ name }) => name),
      activationNames(smallConfig),
    );
    assert.ok(differences.every(({ absolute, relative }) => absolute === 0 && relative === 0));
  });

  it('finds where a device goes wrong first, and what follows from it', async () => {
    const wrong = (await compared(new FaultyDevice())).filter(({ relative }) => relative > 1e-6);
    const [first] = wrong;
    assert.deepEqual([first?.name, first?.index], ['blocks.0.mlp.pre', [0, 0]]);
    assert.ok(Math.abs((first?.absolute ?? 0) - 0.01) < 1e-8);
    assert.ok(wrong.some(({ name }) => name === 'logits'));
    assert.ok(!wrong.some(({ name }) => name.startsWith('blocks.0.attn')));
  });

  it('is not taken in by what is no number', async () => {
    const [worst] = (await compared(new SilentDevice())).filter(({ absolute }) => absolute > 0);
    assert.deepEqual([worst?.name, worst?.absolute], ['blocks.0.ln1.normalized', Infinity]);
  });
});

/** Norms that are no numbers. */
class SilentDevice extends ReferenceDevice {
  override readonly norm = ({ out, rows, columns }: NormOp): void => {
    this.write(out, 0, new Float32Array(rows * columns).fill(NaN));
  };
}
