import { Sha256 } from './files/sha256';
import type { WeightSource } from './model/weights';
import type { Pace } from './work';

/**
 * SHA-256 of a model: for each weight by rising name its name, shape and float32 values, little-endian. The same weights
 * give the same hash whatever files they lie in.
 */
export async function modelHash(weights: WeightSource, pace: Pace): Promise<string> {
  const hash = new Sha256();
  for (const name of [...weights.names].sort()) {
    hash.update(new TextEncoder().encode(`${name} ${weights.shape(name).join(',')}\n`));
    for await (const { values } of weights.chunks(name)) {
      hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      await pace.pause();
    }
  }
  return hash.digest();
}
