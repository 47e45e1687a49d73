import { fail } from '../../protocol/failures';
import type { Chunks, Device, DeviceArray } from '../devices/device';
import type { ByteSource } from '../files/byteSource';
import { readSafetensorsHeader, type TensorEntry } from '../files/safetensorsHeader';
import { SafetensorsWeights } from '../files/safetensorsWeights';
import { planSafetensors, tensorBytes } from '../files/safetensorsWriter';
import type { WeightSource } from '../model/weights';
import type { TrainedWeight } from './trainedWeights';

/** Where a run is. */
interface RunState {
  /** Steps made. */
  readonly step: number;
  readonly seed: number;
  /** Lowest loss of a batch so far, in nats. */
  readonly best: number;
}

/** What there is to write down of a run. */
export interface CheckpointContent {
  readonly device: Device;
  readonly weights: readonly TrainedWeight[];
  /** What the optimiser remembers, by name. */
  readonly state: ReadonlyMap<string, DeviceArray>;
  readonly run: RunState;
}

/** What was read back. It can be read as long as its source is open. */
export interface Checkpoint {
  readonly weights: WeightSource;
  /** Throws `tensor-missing` when the run had another optimiser, `tensor-shape` when it had another size. */
  state(name: string, length: number): Chunks;
  readonly run: RunState;
}

/** A file in parts, to be written each at its place. */
export interface FileParts {
  readonly size: number;
  readonly parts: AsyncIterable<{ readonly offset: number; readonly bytes: Uint8Array }>;
}

/** The weights alone, under the names of a Hugging Face GPT-2 file, with the note that transformers looks for. */
export function weightsFile({ device, weights }: CheckpointContent): FileParts {
  const tensors = weights.map(({ name, shape, value }) => {
    const prefix = name.startsWith('lm_head') ? '' : 'transformer.';
    return { name: `${prefix}${name}`, shape, array: value };
  });
  return floatsFile(device, tensors, { metadata: { format: 'pt' } });
}

/** Everything that a run needs to go on as if it had never stopped, as one safetensors file. */
export function checkpointFile({ device, weights, state, run }: CheckpointContent): FileParts {
  const tensors = weights.map(({ name, shape, value }) => ({ name, shape, array: value }));
  for (const [name, array] of state) {
    tensors.push({ name: statePrefix + name, shape: [array.length], array });
  }
  return floatsFile(device, tensors, { run });
}

/**
 * Throws `safetensors-malformed` for a file that is damaged or cut off, `checkpoint-foreign` for one that holds no run of
 * this version.
 */
export async function readCheckpoint(source: ByteSource, file: string): Promise<Checkpoint> {
  const entries = await readSafetensorsHeader(source, file);
  const find = (name: string): TensorEntry | undefined => entries.find((e) => e.name === name);
  const place = find(runTensor);
  const best = find(bestTensor);
  if (place?.bytes !== 24 || best?.bytes !== 4) throw fail('checkpoint-foreign', { file });
  const [format, step, seed] = wholes(await source.read(place.offset, 24));
  if (format !== version) throw fail('checkpoint-foreign', { file });
  const bytes = await source.read(best.offset, 4);
  const lowest = new DataView(bytes.buffer, bytes.byteOffset).getFloat32(0, true);
  const tensors = new SafetensorsWeights([
    {
      file,
      source,
      entries: entries.filter(({ name }) => name !== runTensor && name !== bestTensor),
    },
  ]);
  return {
    weights: tensors,
    state: (name, length) => {
      const [actual] = tensors.shape(statePrefix + name);
      if (actual === length) return tensors.chunks(statePrefix + name);
      const shapes = { expected: `[${length}]`, actual: `[${actual}]` };
      throw fail('tensor-shape', { tensor: statePrefix + name, ...shapes });
    },
    run: { step, seed, best: lowest },
  };
}

const statePrefix = 'optimiser.';
/** [version, step, seed] */
const runTensor = 'run';
const bestTensor = 'run.best';
const version = 1;

interface Floats {
  readonly name: string;
  readonly shape: readonly number[];
  readonly array: DeviceArray;
}

function floatsFile(
  device: Device,
  tensors: readonly Floats[],
  { metadata, run }: { metadata?: Readonly<Record<string, string>>; run?: RunState },
): FileParts {
  const plans = tensors.map(({ name, shape }) => ({ name, shape, type: 'F32' }) as const);
  const place = { name: runTensor, type: 'I64', shape: [3] } as const;
  const best = { name: bestTensor, type: 'F32', shape: [1] } as const;
  const plan = planSafetensors(run === undefined ? plans : [place, ...plans, best], metadata);
  const at = (name: string): number => plan.offsets.get(name) ?? NaN;
  async function* parts(): FileParts['parts'] {
    yield { offset: 0, bytes: plan.head };
    if (run !== undefined) {
      const numbers = BigInt64Array.from([version, run.step, run.seed], BigInt);
      yield { offset: at(runTensor), bytes: tensorBytes(numbers) };
      yield { offset: at(bestTensor), bytes: tensorBytes(Float32Array.of(run.best)) };
    }
    for (const { name, array } of tensors) {
      const values = Float32Array.from(await device.read(array));
      yield { offset: at(name), bytes: tensorBytes(values) };
    }
  }
  return { size: plan.size, parts: parts() };
}

function wholes(bytes: Uint8Array): readonly number[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Array.from({ length: bytes.byteLength / 8 }, (_, index) =>
    Number(view.getBigInt64(8 * index, true)),
  );
}
