import type { TrainingDevice } from '../devices/trainingDevice';
import type { WeightSource } from '../model/weights';
import type { TrainedWeight } from './trainedWeights';

/** Keeps the Euclidean norm of each row of a table [rows, C] at what it was in the beginning. */
export class RowNorms {
  /** Reads the norms off the weights that a run starts from. */
  static async of(table: TrainedWeight, start: WeightSource): Promise<RowNorms> {
    const values = new Float32Array(table.value.length);
    for await (const chunk of start.chunks(table.name)) values.set(chunk.values, chunk.offset);
    const [rows, columns] = table.shape;
    const norms = Float64Array.from({ length: rows }, (_, row) =>
      Math.hypot(...values.subarray(row * columns, (row + 1) * columns)),
    );
    return new RowNorms(table, norms);
  }

  readonly #table: TrainedWeight;
  readonly #norms: Float64Array;

  private constructor(table: TrainedWeight, norms: Float64Array) {
    this.#table = table;
    this.#norms = norms;
  }

  /** Scales every row back. A row of zeros has no direction and stays. */
  async restore(device: TrainingDevice): Promise<void> {
    const { value, shape } = this.#table;
    const values = Float32Array.from(await device.read(value));
    const columns = shape[1];
    for (const [row, wanted] of this.#norms.entries()) {
      const vector = values.subarray(row * columns, (row + 1) * columns);
      const norm = Math.hypot(...vector);
      if (norm === 0) continue;
      for (let c = 0; c < columns; c++) vector[c] *= wanted / norm;
    }
    device.write(value, 0, values);
  }
}
