/** A run as a file: everything it computed, under the names and shapes of the catalogue. */
import { fail } from '../protocol/failures';
import { planSafetensors, tensorBytes } from './files/safetensorsWriter';
import type { Pace } from './work';
import type { Traced } from './tracing/activation';
import { activationNames, activationShape } from './tracing/activationShapes';
import type { Run } from './tracing/runs';

/** Largest file that is made in memory. */
const limitBytes = 1 << 28;

/**
 * The bytes of a safetensors file with the run's ids (I64) and every activation (F32), as `tokenscope trace` writes it.
 * Throws `trace-too-large`, `cancelled`.
 */
export async function traceBytes(
  { decoder, runs }: Traced,
  run: Run,
  pace: Pace,
): Promise<Uint8Array> {
  const names = activationNames(decoder.config);
  const plan = planSafetensors([
    { name: 'ids', type: 'I64', shape: [run.ids.length] },
    ...names.map((name) => {
      const shape = activationShape(name, decoder.config, run.ids.length);
      return { name, type: 'F32' as const, shape };
    }),
  ]);
  if (plan.size > limitBytes) throw fail('trace-too-large', { bytes: plan.size, limitBytes });
  const file = new Uint8Array(plan.size);
  const put = (name: string, values: Float32Array | BigInt64Array): void => {
    file.set(tensorBytes(values), plan.offsets.get(name));
  };
  file.set(plan.head);
  put('ids', BigInt64Array.from(run.ids, BigInt));
  await runs.visit(run, names, {
    pace,
    visit: (name, { values }) => {
      put(name, values);
    },
  });
  return file;
}
