import type { LinearOp } from '../devices/device';
import type { Pass } from './pass';
import { Scratch } from './scratch';

/** Multiplications that one core does in 25 ms, and a busy one in 50: nobody waits longer than that to be heard. */
const productsAtOnce = 1 << 29;
/** Parts are a multiple of this many rows, as kernels take them. */
const rowMultiple = 16;

/** `device.linear`, of many rows in parts between which the pass may pause. The numbers are the same. */
export async function linearInParts(
  pass: Pick<Pass, 'device' | 'pause'>,
  op: LinearOp,
): Promise<void> {
  const { device } = pass;
  const { inputs, outputs } = op.weight;
  const parts = Math.ceil((op.rows * inputs * outputs) / productsAtOnce);
  const step = Math.ceil(op.rows / parts / rowMultiple) * rowMultiple;
  if (parts <= 1 || step >= op.rows) {
    device.linear(op);
    return;
  }
  const scratch = new Scratch(device);
  try {
    const out = scratch.allocate(step * outputs);
    for (let from = 0; from < op.rows; from += step) {
      const rows = Math.min(step, op.rows - from);
      device.linear({ ...op, xOffset: (op.xOffset ?? 0) + from * inputs, out, rows });
      const source = { array: out, offset: 0, stride: outputs };
      const target = { array: op.out, offset: from * outputs, stride: outputs };
      device.copyRows({ source, target, rows, columns: outputs });
      await pass.pause();
    }
  } finally {
    scratch.free();
  }
}
