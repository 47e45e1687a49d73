import type { ModelConfig } from '../../protocol/modelConfig';
import type { DeviceArray } from '../devices/device';
import type { TrainingDevice } from '../devices/trainingDevice';
import { Scratch } from '../model/scratch';
import { expectedShapes } from '../model/shapes';
import type { LoadOptions } from '../model/weightLoader';
import { WeightLoader } from '../model/weightLoader';

/** A weight that learns, with the gradient of the loss by it; both in file order. */
export interface TrainedWeight {
  /** GPT-2's name. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly value: DeviceArray;
  readonly gradient: DeviceArray;
}

/** All weights of a config on a device. A tied embedding is one weight, whose gradient is the sum of both uses. */
export class TrainedWeights {
  /** Throws what loading a model throws, and leaves nothing on the device then. */
  static async load(
    on: { readonly device: TrainingDevice; readonly config: ModelConfig },
    options: LoadOptions,
  ): Promise<TrainedWeights> {
    const shapes = expectedShapes(on.config);
    const loader = new WeightLoader(on.device, shapes, options);
    const gradients = new Scratch(on.device);
    try {
      const all: TrainedWeight[] = [];
      for (const [name, shape] of shapes) {
        const value = await loader.vector(name);
        all.push({ name, shape, value, gradient: gradients.allocate(value.length) });
      }
      return new TrainedWeights(all, [loader, gradients]);
    } catch (thrown) {
      loader.free();
      gradients.free();
      throw thrown;
    }
  }

  /** In the order of files. */
  readonly all: readonly TrainedWeight[];
  readonly #byName: ReadonlyMap<string, TrainedWeight>;
  readonly #memory: readonly { free(): void }[];

  private constructor(all: readonly TrainedWeight[], memory: readonly { free(): void }[]) {
    this.all = all;
    this.#byName = new Map(all.map((weight) => [weight.name, weight]));
    this.#memory = memory;
  }

  find(name: string): TrainedWeight | undefined {
    return this.#byName.get(name);
  }

  /** Throws a RangeError for a name that the config does not have. */
  get(name: string): TrainedWeight {
    const weight = this.find(name);
    if (weight === undefined) throw new RangeError(`This model has no ${name}.`);
    return weight;
  }

  free(): void {
    for (const memory of this.#memory) memory.free();
  }
}
