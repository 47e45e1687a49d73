import type { NumberBlock } from '../../protocol/runs';
import type { Device } from '../devices/device';
import { MemoryRecorder } from './memoryRecorder';
import type { Recorder } from './recorder';

/** Told of one activation; the block is the visitor's to keep. */
export type Visit = (name: string, block: NumberBlock) => Promise<void> | void;

/** Hands each activation on as it is made and keeps none, so that what only needs a sum of them needs no memory. */
export class VisitingRecorder implements Recorder {
  readonly #device: Device;
  readonly #names: ReadonlySet<string>;
  readonly #visit: Visit;

  constructor(device: Device, names: Iterable<string>, visit: Visit) {
    this.#device = device;
    this.#names = new Set(names);
    this.#visit = visit;
  }

  wants(name: string): boolean {
    return this.#names.has(name);
  }

  async keep(activation: Parameters<Recorder['keep']>[0]): Promise<void> {
    const { name } = activation;
    const one = new MemoryRecorder(this.#device, { keep: [name], limitBytes: Infinity });
    await one.keep(activation);
    const recorded = one.get(name);
    if (recorded === undefined) return;
    const { shape, values } = recorded;
    const single = values instanceof Float32Array ? values : Float32Array.from(values);
    await this.#visit(name, { shape, values: single });
  }
}
