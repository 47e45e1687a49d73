import type { DeviceArray } from '../devices/device';
import { sinusoidChunks } from '../model/positions';
import type { DropoutLayer } from './dropout';
import type { TrainedWeight } from './trainedWeights';
import type { TrainingSpace } from './trainingSpace';

/** Token and position: what enters the first block, [rows, C]. */
export class EmbeddingLayer {
  readonly out: DeviceArray;
  readonly #space: TrainingSpace;
  readonly #tokens: TrainedWeight;
  readonly #positions: TrainedWeight | undefined;
  /** The sinusoids or the rows of the learned table, added to the tokens' rows; absent where nothing is added. */
  readonly #added: DeviceArray | undefined;
  /** The position of each row. */
  readonly #places: Int32Array;
  readonly #drop: DropoutLayer | undefined;

  constructor(space: TrainingSpace) {
    const { config, rows, length, memory } = space;
    this.#space = space;
    this.out = memory.allocate(rows * config.width);
    this.#tokens = space.weights.get('wte.weight');
    this.#positions = space.weights.find('wpe.weight');
    const adds = config.position === 'learned' || config.position === 'sinusoidal';
    this.#added = adds ? memory.allocate(rows * config.width) : undefined;
    this.#drop = space.dropout.layer(this.out.length);
    this.#places = Int32Array.from({ length: rows }, (_, row) => row % length);
  }

  /** To be awaited once, before the first step: writes the sinusoids where the config has them. */
  async prepare(): Promise<void> {
    const { device, config, length, batch } = this.#space;
    if (config.position !== 'sinusoidal' || this.#added === undefined) return;
    for await (const { offset, values } of sinusoidChunks(length, config.width)) {
      for (let sequence = 0; sequence < batch; sequence++) {
        device.write(this.#added, sequence * length * config.width + offset, values);
      }
    }
  }

  forward(ids: Int32Array): void {
    const { device, config } = this.#space;
    const { width: columns } = config;
    device.gatherRows({ ids, table: this.#tokens.value, columns, out: this.out });
    this.#addPositions();
    this.#drop?.apply({ from: this.out, to: this.out });
  }

  /** Adds the gradient of the hidden state to the rows that were read. */
  backward(ids: Int32Array): void {
    const { device, config, gradients } = this.#space;
    const common = { columns: config.width, dOut: gradients.residual };
    this.#drop?.apply({ from: gradients.residual, to: gradients.residual });
    device.scatterRows({ ids, table: this.#tokens.gradient, ...common });
    if (this.#positions === undefined) return;
    device.scatterRows({ ids: this.#places, table: this.#positions.gradient, ...common });
  }

  #addPositions(): void {
    const { device, config } = this.#space;
    const { width: columns } = config;
    if (this.#added === undefined) return;
    if (this.#positions !== undefined) {
      const table = this.#positions.value;
      device.gatherRows({ ids: this.#places, table, columns, out: this.#added });
    }
    device.add({ a: this.out, b: this.#added, out: this.out, length: this.out.length });
  }
}
