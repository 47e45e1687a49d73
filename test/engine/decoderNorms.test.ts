// Norms of every kind, in either place.
import assert from 'node:assert/strict';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { assertClose } from '../support/closeness';
import type { DeviceCase } from '../support/devices';
import { deviceCases } from '../support/devices';
import { randomWeights, rowsOf, smallConfig } from '../support/models';
import type { Tensor } from '../support/safetensors';
import { fill, runVariant, variantIds as ids } from '../support/variants';

const { width } = smallConfig;

for (const device of deviceCases) {
  describe(`Norms of the decoder on ${device.name}`, () => {
    itHasNorms(device);
  });
}

function itHasNorms(device: DeviceCase): void {
  for (const norm of ['layer', 'rms'] as const) {
    it(`${norm}: rows have a mean square of 1 before weight and bias`, async () => {
      const config = { ...smallConfig, norm, normEpsilon: 0 };
      const weights = plainNorms(config);
      const trace = await runVariant(device, config, { weights });
      const rows = trace.values('blocks.1.ln2.normalized');
      for (let t = 0; t < ids.length; t++) {
        const row = rowsOf(rows, width, [t, t + 1]);
        const meanSquare = row.reduce((sum, x) => sum + x * x, 0) / width;
        assert.ok(Math.abs(meanSquare - 1) < 1e-5, `row ${t}: ${meanSquare}`);
        const mean = row.reduce((sum, x) => sum + x, 0) / width;
        assert.equal(Math.abs(mean) < 1e-5, norm === 'layer', `row ${t}: mean ${mean}`);
      }
    });
  }

  it('none: the layers read the hidden state as it is', async () => {
    const trace = await runVariant(device, { ...smallConfig, norm: 'none' });
    assert.deepEqual(trace.values('blocks.0.ln1.normalized'), trace.values('blocks.0.resid_pre'));
    assert.deepEqual(trace.values('blocks.0.ln2.normalized'), trace.values('blocks.0.resid_mid'));
    assert.deepEqual(trace.values('ln_final.normalized'), trace.values('blocks.1.resid_post'));
  });

  it('post: the hidden state is the norm of the sum, and nothing normalises it again', async () => {
    const config = { ...smallConfig, normPlace: 'post', normEpsilon: 0 } as const;
    const trace = await runVariant(device, config, { weights: plainNorms(config) });
    const sum = plus(trace.values('blocks.0.resid_pre'), trace.values('blocks.0.attn_out'));
    const allowed = { tolerance: device.rounding * 10, what: 'resid_mid' };
    assertClose(trace.values('blocks.0.resid_mid'), layerNorm(sum), allowed);
    assert.deepEqual(trace.values('blocks.0.ln1.normalized'), trace.values('blocks.0.resid_mid'));
    assert.deepEqual(trace.values('ln_final.normalized'), trace.values('blocks.1.resid_post'));
  });
}

/** Norms that only normalise: weights 1, biases 0. */
function plainNorms(config: ModelConfig): Map<string, Tensor> {
  const weights = randomWeights(config);
  for (const name of weights.keys()) {
    if (/ln_\w+\.weight$/.test(name)) fill(weights, name, 1);
    if (/ln_\w+\.bias$/.test(name)) fill(weights, name, 0);
  }
  return weights;
}

function plus(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  return Array.from(a, (value, i) => value + (b[i] ?? NaN));
}

/** LayerNorm of each row, without weight, bias and epsilon. */
function layerNorm(values: readonly number[]): number[] {
  return values.map((value, i) => {
    const start = i - (i % width);
    const row = values.slice(start, start + width);
    const mean = row.reduce((sum, x) => sum + x, 0) / width;
    const variance = row.reduce((sum, x) => sum + (x - mean) ** 2, 0) / width;
    return (value - mean) / Math.sqrt(variance);
  });
}
