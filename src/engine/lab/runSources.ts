import { fail } from '../../protocol/failures';
import type { ByteSource } from '../files/byteSource';
import { readSafetensorsHeader } from '../files/safetensorsHeader';
import { SafetensorsWeights } from '../files/safetensorsWeights';
import type { WeightSource } from '../model/weights';
import type { Trainer } from '../training/trainer';
import type { LabFolder } from './labHost';
import { snapshotFile } from './runFiles';

/** The weights of now, as copies. */
export async function currentWeights({ device, weights }: Trainer): Promise<WeightSource> {
  const read = weights.map(
    async ({ name, value }) => [name, Float32Array.from(await device.read(value))] as const,
  );
  const values = new Map(await Promise.all(read));
  const shapes = new Map(weights.map(({ name, shape }) => [name, shape]));
  const found = <T>(map: ReadonlyMap<string, T>, name: string): T => {
    const item = map.get(name);
    if (item === undefined) throw fail('tensor-missing', { tensor: name });
    return item;
  };
  return {
    names: [...values.keys()],
    has: (name) => values.has(name),
    shape: (name) => found(shapes, name),
    chunks: async function* (name) {
      yield await Promise.resolve({ offset: 0, values: found(values, name) });
    },
  };
}

/** Uses the weights of a snapshot file. Throws `snapshot-unknown`, `safetensors-malformed`. */
export async function withSnapshot<Result>(
  folder: LabFolder,
  step: number,
  use: (weights: WeightSource, source: ByteSource) => Promise<Result>,
): Promise<Result> {
  const file = snapshotFile(step);
  const source = await folder.open(file);
  if (source === undefined) throw fail('snapshot-unknown', { step: String(step) });
  try {
    const entries = await readSafetensorsHeader(source, file);
    return await use(new SafetensorsWeights([{ file, source, entries }]), source);
  } finally {
    await source.close();
  }
}
