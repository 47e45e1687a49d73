import type { DeviceArray } from '../devices/device';
import type { TrainingDevice } from '../devices/trainingDevice';
import { Scratch } from '../model/scratch';
import type { TrainedWeight } from './trainedWeights';

/** How gradients become steps. Decay is of weights of two or more dimensions only: biases and norms keep their size. */
export type OptimiserSettings = { readonly decay: number } & (
  | {
      readonly kind: 'adamw' | 'adam';
      readonly beta1: number;
      readonly beta2: number;
      readonly epsilon: number;
    }
  | { readonly kind: 'sgd' }
  | { readonly kind: 'momentum'; readonly momentum: number }
);

/** Moves weights against their gradients, and keeps what an optimiser remembers from step to step. */
export class Optimiser {
  readonly #device: TrainingDevice;
  #settings: OptimiserSettings;
  /** Names of weights that stay as they are for now. */
  #frozen: ReadonlySet<string> = new Set();
  readonly #entries: readonly Entry[];
  readonly #memory: Scratch;
  readonly #squares: DeviceArray;

  /** Throws `out-of-memory`, and then holds nothing. */
  constructor(
    device: TrainingDevice,
    weights: readonly TrainedWeight[],
    settings: OptimiserSettings,
  ) {
    this.#device = device;
    this.#settings = settings;
    this.#memory = new Scratch(device);
    try {
      this.#squares = this.#memory.allocate(weights.length);
      this.#entries = weights.map((weight) => ({
        weight,
        state: stateNames[settings.kind].map(() => this.#memory.allocate(weight.value.length)),
      }));
    } catch (thrown) {
      this.#memory.free();
      throw thrown;
    }
  }

  /** What is remembered, by a name to store it under: `mean.wte.weight`. */
  get state(): ReadonlyMap<string, DeviceArray> {
    const names = stateNames[this.#settings.kind];
    return new Map(
      this.#entries.flatMap(({ weight, state }) =>
        state.map((array, index) => [`${names[index]}.${weight.name}`, array] as const),
      ),
    );
  }

  get frozen(): ReadonlySet<string> {
    return this.#frozen;
  }

  /** From now on these weights stay as they are, and what is remembered of them too. */
  freeze(names: ReadonlySet<string>): void {
    this.#frozen = names;
  }

  set decay(decay: number) {
    this.#settings = { ...this.#settings, decay };
  }

  /** √Σ g² over the gradients of all weights that are moved. */
  async gradientNorm(): Promise<number> {
    this.#device.clear(this.#squares);
    for (const [index, { weight }] of this.#entries.entries()) {
      if (this.#frozen.has(weight.name)) continue;
      this.#device.sumOfSquares({ x: weight.gradient, out: this.#squares, index });
    }
    let sum = 0;
    for (const square of await this.#device.read(this.#squares)) sum += square;
    return Math.sqrt(sum);
  }

  /** One step; the gradients stay as they are. */
  update(by: UpdateSize): void {
    for (const entry of this.#entries) {
      if (!this.#frozen.has(entry.weight.name)) this.#move(entry, by);
    }
  }

  dispose(): void {
    this.#memory.free();
  }

  #move({ weight, state }: Entry, { rate, step, gradientScale }: UpdateSize): void {
    const settings = this.#settings;
    const decay = weight.shape.length >= 2 ? settings.decay : 0;
    const { value, gradient } = weight;
    const common = { weight: value, gradient, rate, decay, gradientScale };
    switch (settings.kind) {
      case 'adamw':
      case 'adam': {
        const { beta1, beta2, epsilon, kind } = settings;
        const decayKind = kind === 'adamw' ? 'decoupled' : 'gradient';
        const [mean, square] = state;
        this.#device.adam({ ...common, mean, square, decayKind, beta1, beta2, epsilon, step });
        return;
      }
      case 'sgd':
        this.#device.descend({ ...common, momentum: 0 });
        return;
      case 'momentum':
        this.#device.descend({ ...common, momentum: settings.momentum, velocity: state[0] });
        return;
    }
  }
}

export interface UpdateSize {
  readonly rate: number;
  /** Counts from 1. */
  readonly step: number;
  /** At most 1 where the gradient is clipped. */
  readonly gradientScale: number;
}

interface Entry {
  readonly weight: TrainedWeight;
  readonly state: readonly DeviceArray[];
}

const stateNames: Readonly<Record<OptimiserSettings['kind'], readonly string[]>> = {
  adamw: ['mean', 'square'],
  adam: ['mean', 'square'],
  sgd: [],
  momentum: ['velocity'],
};
