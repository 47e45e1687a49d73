import type { DeviceArray } from '../devices/device';
import { attend } from './attention';
import { feedForward } from './feedForward';
import type { BlockWeights, NormWeights } from './modelWeights';
import { normalizeRows } from './norms';
import type { Pass } from './pass';
import { recordRows } from './pass';

/**
 * One block: attention, then the feed-forward network, each reading the hidden state and adding to it.
 *
 * Norms stand before each layer (`pre`, GPT-2) or after each sum (`post`, Vaswani et al. 2017). With `post`, `resid_mid`
 * and `resid_post` are the hidden state after the norm, which is what the next layer reads and adds to.
 */
export async function runBlock(pass: Pass, weights: BlockWeights, index: number): Promise<void> {
  const block = `blocks.${index}`;
  const { residual } = pass.arrays;
  pass.enter('attend', index);
  await recordRows(pass, `${block}.resid_pre`, residual);
  await addLayer(pass, weights.attentionNorm, {
    normalized: `${block}.ln1.normalized`,
    update: `${block}.attn_out`,
    run: (input) => attend(pass, weights, { index, input }),
  });
  await recordRows(pass, `${block}.resid_mid`, residual);
  const network = weights.feedForward;
  if (network !== undefined) {
    pass.enter('feedforward', index);
    await addLayer(pass, network.norm, {
      normalized: `${block}.ln2.normalized`,
      update: `${block}.mlp_out`,
      run: (input) => feedForward(pass, network, { index, input }),
    });
  }
  await recordRows(pass, `${block}.resid_post`, residual);
}

interface Layer {
  /** Names of what is recorded. */
  readonly normalized: string;
  readonly update: string;
  /** Leaves in `update` what the layer adds. */
  readonly run: (input: DeviceArray) => Promise<void>;
}

async function addLayer(pass: Pass, norm: NormWeights | undefined, layer: Layer): Promise<void> {
  const { device, config, rows } = pass;
  const { residual, normalized, update } = pass.arrays;
  const length = rows * config.width;
  const normalize = async (): Promise<DeviceArray> => {
    const array = normalizeRows(pass, norm, { x: residual, out: normalized });
    await recordRows(pass, layer.normalized, array);
    return array;
  };

  await layer.run(config.normPlace === 'pre' ? await normalize() : residual);
  await recordRows(pass, layer.update, update);
  await pass.pause();
  device.add({ a: residual, b: update, out: residual, length });
  if (config.normPlace === 'pre') return;

  const settled = await normalize();
  if (settled === residual) return;
  const dense = { offset: 0, stride: length };
  device.copyRows({
    source: { array: settled, ...dense },
    target: { array: residual, ...dense },
    rows: 1,
    columns: length,
  });
}
