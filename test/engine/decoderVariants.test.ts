// The variants a config can describe, each by a property that only the right computation has.
import assert from 'node:assert/strict';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { assertClose } from '../support/closeness';
import type { DeviceCase } from '../support/devices';
import { deviceCases } from '../support/devices';
import { randomWeights, smallConfig } from '../support/models';
import type { Tensor } from '../support/safetensors';
import { fill, runVariant, tensorOf, variantIds as ids } from '../support/variants';

const { hidden } = smallConfig;

const variants: Record<string, Partial<ModelConfig>> = {
  'GPT-2': {},
  RMSNorm: { norm: 'rms' },
  'no norm': { norm: 'none' },
  'norms after the sums': { normPlace: 'post' },
  'RMSNorm after the sums': { norm: 'rms', normPlace: 'post' },
  'sinusoidal positions': { position: 'sinusoidal' },
  'rotary positions': { position: 'rotary' },
  'no positions': { position: 'none' },
  'exact GELU': { activation: 'gelu' },
  ReLU: { activation: 'relu' },
  'gated SiLU': { activation: 'silu_gated' },
  'no non-linearity': { activation: 'identity' },
  'no feed-forward network': { activation: 'none', hidden: 0 },
  'grouped key heads': { keyValueHeads: 2 },
  'one key head': { keyValueHeads: 1 },
  'no biases': { biases: false },
  'an unembedding of its own': { tied: false },
  'no blocks': { layers: 0 },
  Llama: {
    ...{ norm: 'rms', position: 'rotary', activation: 'silu_gated' },
    ...{ biases: false, tied: false, keyValueHeads: 2 },
  },
};

for (const deviceCase of deviceCases) {
  describe(`Variants of the decoder on ${deviceCase.name}`, () => {
    for (const [name, change] of Object.entries(variants)) {
      it(`${name}: every number is finite, and blocks hand on what they leave`, async () => {
        const config = { ...smallConfig, ...change };
        const trace = await runVariant(deviceCase, config);
        for (const activation of trace.names) {
          const values = Array.from(trace.values(activation));
          assert.ok(values.every(Number.isFinite), activation);
        }
        for (let i = 1; i < config.layers; i++) {
          const left = trace.values(`blocks.${i - 1}.resid_post`);
          assert.deepEqual(trace.values(`blocks.${i}.resid_pre`), left);
        }
      });
    }
    itHasFeedForward(deviceCase);
    itHasHeads(deviceCase);
    itHasEnds(deviceCase);
  });
}

function itHasFeedForward(device: DeviceCase): void {
  const at: Record<string, [x: number, y: number][]> = {
    // 1·Φ(1) and −1·Φ(−1), Φ the normal distribution.
    gelu: [
      [1, 0.8413447460685429],
      [-1, -0.15865525393145707],
    ],
    // The published values of PyTorch's gelu(approximate='tanh').
    gelu_new: [
      [1, 0.8411919906082768],
      [-1, -0.15880800939172324],
    ],
    relu: [
      [1, 1],
      [-1, 0],
    ],
    identity: [
      [1, 1],
      [-1, -1],
    ],
  };
  for (const [activation, points] of Object.entries(at)) {
    it(`${activation}: neurons at 1 and −1 have its values`, async () => {
      const config = { ...smallConfig, activation } as ModelConfig;
      for (const [x, y] of points) {
        const weights = randomWeights(config);
        fill(weights, 'h.0.mlp.c_fc.weight', 0);
        fill(weights, 'h.0.mlp.c_fc.bias', x);
        const trace = await runVariant(device, config, { weights });
        const expected = new Array<number>(ids.length * hidden).fill(y);
        const allowed = { tolerance: device.tolerance, what: activation };
        assertClose(trace.values('blocks.0.mlp.post'), expected, allowed);
      }
    });
  }

  it('silu_gated: the gate multiplies the other half', async () => {
    const config: ModelConfig = { ...smallConfig, activation: 'silu_gated' };
    const weights = randomWeights(config);
    fill(weights, 'h.0.mlp.c_fc.weight', 0);
    fill(weights, 'h.0.mlp.c_fc.bias', -3);
    const trace = await runVariant(device, config, { weights });
    const expected = Array.from(
      trace.values('blocks.0.mlp.pre'),
      (gate) => (-3 * gate) / (1 + Math.exp(-gate)),
    );
    const allowed = { tolerance: device.tolerance, what: 'mlp.post' };
    assertClose(trace.values('blocks.0.mlp.post'), expected, allowed);
  });

  it('none: a block is attention alone', async () => {
    const trace = await runVariant(device, { ...smallConfig, activation: 'none', hidden: 0 });
    assert.deepEqual(trace.values('blocks.0.resid_post'), trace.values('blocks.0.resid_mid'));
    assert.ok(!trace.names.some((name) => /mlp|ln2/.test(name)));
  });
}

function itHasHeads(device: DeviceCase): void {
  it('grouped key heads: equal to whole ones that repeat them', async () => {
    const grouped: ModelConfig = { ...smallConfig, keyValueHeads: 2 };
    const weights = randomWeights(grouped);
    const repeated = new Map(weights);
    for (let block = 0; block < grouped.layers; block++) {
      for (const part of ['weight', 'bias']) {
        const name = `h.${block}.attn.c_attn.${part}`;
        repeated.set(name, repeatKeyHeads(tensorOf(weights, name)));
      }
    }
    const few = await runVariant(device, grouped, { weights });
    const many = await runVariant(device, smallConfig, { weights: repeated });
    assertClose(few.logits, many.logits, { tolerance: device.rounding, what: 'logits' });
  });

  it('no biases: equal to biases of zero', async () => {
    const without: ModelConfig = { ...smallConfig, biases: false };
    const weights = randomWeights(without);
    const zeros = randomWeights(smallConfig);
    for (const name of zeros.keys()) {
      const kept = weights.get(name);
      if (kept === undefined) fill(zeros, name, 0);
      else zeros.set(name, kept);
    }
    const bare = await runVariant(device, without, { weights });
    const zeroed = await runVariant(device, smallConfig, { weights: zeros });
    assert.deepEqual(bare.logits, zeroed.logits);
  });
}

function itHasEnds(device: DeviceCase): void {
  it('untied: equal to tied when the unembedding is the embedding', async () => {
    const config: ModelConfig = { ...smallConfig, tied: false };
    const weights = randomWeights(config);
    const own = await runVariant(device, config, { weights });
    weights.set('lm_head.weight', tensorOf(weights, 'wte.weight'));
    const same = await runVariant(device, config, { weights });
    const tied = await runVariant(device, smallConfig, { weights });
    assert.deepEqual(same.logits, tied.logits);
    assert.notDeepEqual(own.logits, tied.logits);
  });

  it('no blocks, no norm, no positions: logits are products of embeddings', async () => {
    // Four letters in two dimensions: the smallest model there is.
    const config: ModelConfig = {
      ...smallConfig,
      ...{ layers: 0, width: 2, vocabulary: 4, norm: 'none', position: 'none', tied: false },
    };
    const embedding = Float32Array.of(1, 0, 0, 1, -1, 0, 0.5, -2);
    const unembedding = Float32Array.of(3, 1, 0, 2, -1, 4, 0.25, 0);
    const weights = new Map<string, Tensor>([
      ['wte.weight', { shape: [4, 2], values: embedding }],
      ['lm_head.weight', { shape: [4, 2], values: unembedding }],
    ]);
    const trace = await runVariant(device, config, { weights, ids: Int32Array.of(0, 3) });
    // Exact in binary: (1, 0) and (0.5, −2) times each row of the unembedding.
    assert.deepEqual(Array.from(trace.logits), [3, 0, -1, 0.25, -0.5, -4, -8.5, 0.125]);
    assert.deepEqual(trace.names, ['embed', 'ln_final.normalized', 'logits']);
  });
}

/** Queries as they are; each of two key and value heads twice. */
function repeatKeyHeads({ shape, values }: Tensor): Tensor {
  const { heads, headSize } = smallConfig;
  const before = (heads + 2 * 2) * headSize;
  const after = 3 * heads * headSize;
  const source = (column: number): number => {
    const head = Math.floor(column / headSize);
    if (head < heads) return column;
    const old = heads + Math.floor((head - heads) / 2);
    return old * headSize + (column % headSize);
  };
  const rows = values.length / before;
  const repeated = Float32Array.from({ length: rows * after }, (_, i) => {
    return values[Math.floor(i / after) * before + source(i % after)] ?? NaN;
  });
  return { shape: [...shape.slice(0, -1), after], values: repeated };
}
