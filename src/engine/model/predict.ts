import type { DeviceArray, Matrix, Values } from '../devices/device';
import { linearInParts } from './longProducts';
import type { ModelWeights } from './modelWeights';
import { normalizeRows } from './norms';
import { record, recordRows, type Pass } from './pass';
import { Scratch } from './scratch';

/** Logits that lie on a device at once: 64 MiB. GPUs often take 128 at most, and GPT-2's 1,024 rows would be 206 MB. */
const mostOnDevice = 1 << 24;

/**
 * The last step of a pass: final norm and unembedding. All logits [T, V], those of the last position [1, V], or nothing.
 * Rows that nobody wants are not computed, and a recorder that wants them all takes them at once.
 */
export async function predict(
  pass: Pass,
  { finalNorm, unembedding }: Pick<ModelWeights, 'finalNorm' | 'unembedding'>,
  logits: 'all' | 'last' | 'none',
): Promise<Values> {
  const { rows, recorder } = pass;
  const { vocabulary } = pass.config;
  pass.enter('predict');
  const { residual, normalized } = pass.arrays;
  const x = normalizeRows(pass, finalNorm, { x: residual, out: normalized });
  await recordRows(pass, 'ln_final.normalized', x);
  const isRecorded = recorder?.wants('logits') === true;
  if (logits === 'none' && !isRecorded) return new Float32Array(0);
  await pass.pause();
  const wanted = { all: 0, last: rows - 1, none: rows }[logits];
  const first = isRecorded ? 0 : wanted;
  const most = Math.min(mostOnDevice, pass.device.mostNumbers ?? Infinity);
  const atOnce = isRecorded ? rows : Math.max(1, Math.floor(most / vocabulary));
  const parts: Values[] = [];
  for (let from = first; from < rows; from += atOnce) {
    const part = { x, weight: unembedding, from, rows: Math.min(atOnce, rows - from) };
    await withLogits(pass, part, async (array) => {
      if (isRecorded) await record(pass, 'logits', { shape: [rows, vocabulary], array });
      if (logits === 'none') return;
      parts.push(await pass.device.read(array, Math.max(0, wanted - from) * vocabulary));
    });
  }
  return joined(parts);
}

/** Shows some rows of logits while they are on the device, [rows, V]. */
async function withLogits(
  pass: Pass,
  part: {
    readonly x: DeviceArray;
    readonly weight: Matrix;
    readonly from: number;
    readonly rows: number;
  },
  use: (array: DeviceArray) => Promise<void>,
): Promise<void> {
  const { x, weight, from, rows } = part;
  const scratch = new Scratch(pass.device);
  try {
    const out = scratch.allocate(rows * weight.outputs);
    await linearInParts(pass, { x, xOffset: from * weight.inputs, weight, out, rows });
    await use(out);
  } finally {
    scratch.free();
  }
}

function joined(parts: readonly Values[]): Values {
  if (parts.length === 0) return new Float32Array(0);
  if (parts.length === 1) return parts[0];
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const all =
    parts[0] instanceof Float64Array ? new Float64Array(length) : new Float32Array(length);
  let filled = 0;
  for (const part of parts) {
    all.set(part, filled);
    filled += part.length;
  }
  return all;
}
