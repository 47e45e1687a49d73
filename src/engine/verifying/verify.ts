/** "Verify this number": one number of a run, computed a second time by another path. */
import { fail } from '../../protocol/failures';
import type { ActivationPattern } from '../../protocol/activations';
import type { Verification } from '../../protocol/runs';
import { checkWhole } from '../ids';
import type { WeightSource } from '../model/weights';
import { activation, type Traced } from '../tracing/activation';
import { activationNames, activationShape } from '../tracing/activationShapes';
import type { Run } from '../tracing/runs';
import type { Pace } from '../work';
import { calculations } from './calculations';
import { Operands } from './operands';
import { ReferenceBench } from './referenceBench';

/**
 * Recomputes one number in float64 on the reference device, from its direct operands as the run recorded them and from
 * the weights as they stand in the file: neither the kernels nor the packed weights of the device that ran have a part
 * in it. What the operands themselves are worth is asked of them in turn.
 *
 * Throws `activation-unknown`, and `setting-invalid` for an index that is not one entry for each axis, within it.
 */
export async function verify(
  model: Traced & { readonly weights: WeightSource },
  request: { readonly run: Run; readonly name: string; readonly index: readonly number[] },
  pace: Pace,
): Promise<Verification> {
  const { run, name, index } = request;
  const { config, device } = model.decoder;
  if (!activationNames(config).includes(name)) throw fail('activation-unknown', { name });
  const shape = activationShape(name, config, run.ids.length);
  checkWhole('index', index.length, [shape.length, shape.length]);
  for (const [axis, at] of index.entries()) checkWhole('index', at, [0, shape[axis] - 1]);

  // Logits are one row at a time; of everything else all is held.
  const leading = name === 'logits' ? index.slice(0, 1) : [];
  const block = await activation(model, { run, name, index: leading }, pace);
  const place = index
    .slice(leading.length)
    .reduce((offset, at, axis) => offset * block.shape[axis] + at, 0);
  const operands = new Operands(model, run, pace);
  const bench = new ReferenceBench();
  try {
    const pattern = name.replace(/^blocks\.\d+\./, 'blocks.*.') as ActivationPattern;
    const number = Number(/^blocks\.(\d+)\./.exec(name)?.[1] ?? 0);
    const at = { config, run, operands, bench, block: number, index };
    const { value, products } = await calculations[pattern](at);
    return {
      name,
      index: [...index],
      recorded: block.values[place],
      recomputed: value,
      device: device.name,
      largest: largestOf(block.values),
      operands: operands.read,
      products,
    };
  } finally {
    bench.dispose();
  }
}

function largestOf(values: Float32Array): number {
  let largest = 0;
  for (const value of values) largest = Math.max(largest, Math.abs(value));
  return largest;
}
