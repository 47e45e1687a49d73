import type { DeviceArray } from '../devices/device';
import { linearInParts } from './longProducts';
import type { FeedForwardWeights } from './modelWeights';
import type { Pass } from './pass';
import { record } from './pass';

/**
 * The feed-forward network, each position alone: update = W₂·f(W₁·x + b₁) + b₂ (Vaswani et al. 2017, eq. 2), or gated
 * W₂·(silu(W_gate·x) ∘ W₁·x) (Shazeer 2020, eq. 6). `mlp.pre` is what enters the non-linearity, so the gate's half in a
 * gated network; `mlp.post` is what W₂ reads.
 */
export async function feedForward(
  pass: Pass,
  weights: FeedForwardWeights,
  at: { readonly index: number; readonly input: DeviceArray },
): Promise<void> {
  const { device, config, rows } = pass;
  const { hidden, gate, update } = pass.arrays;
  const shape = [rows, config.hidden];
  const length = rows * config.hidden;
  const entering = weights.gate === undefined ? hidden : gate;

  await linearInParts(pass, { x: at.input, ...weights.up, out: hidden, rows });
  if (weights.gate !== undefined) {
    await linearInParts(pass, { x: at.input, ...weights.gate, out: gate, rows });
  }
  await record(pass, `blocks.${at.index}.mlp.pre`, { shape, array: entering });
  device.activation({ kind: config.activation, x: entering, out: entering, length });
  if (weights.gate !== undefined) device.multiply({ a: hidden, b: gate, out: hidden, length });
  await record(pass, `blocks.${at.index}.mlp.post`, { shape, array: hidden });
  await pass.pause();
  await linearInParts(pass, { x: hidden, ...weights.down, out: update, rows });
}
