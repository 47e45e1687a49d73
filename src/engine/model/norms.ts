import type { ModelConfig } from '../../protocol/modelConfig';
import type { Device, DeviceArray } from '../devices/device';
import type { NormWeights } from './modelWeights';

/** The normalised rows: `out`, or `x` itself where the config has no norm. */
export function normalizeRows(
  on: { readonly device: Device; readonly config: ModelConfig; readonly rows: number },
  weights: NormWeights | undefined,
  arrays: { readonly x: DeviceArray; readonly out: DeviceArray },
): DeviceArray {
  const { device, config, rows } = on;
  if (weights === undefined || config.norm === 'none') return arrays.x;
  device.norm({
    kind: config.norm,
    x: arrays.x,
    out: arrays.out,
    weight: weights.weight,
    bias: weights.bias,
    rows,
    columns: config.width,
    epsilon: config.normEpsilon,
  });
  return arrays.out;
}
