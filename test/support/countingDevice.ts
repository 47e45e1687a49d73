// A device that counts what is alive on it and can be told to run out of memory.
import { ReferenceDevice } from '../../src/engine/devices/reference/referenceDevice';
import type { Chunks, DeviceArray, Matrix, MatrixShape } from '../../src/engine/devices/device';
import { fail } from '../../src/protocol/failures';

export class CountingDevice extends ReferenceDevice {
  /** Arrays and matrices that were made and not freed. */
  live = 0;
  /** How many more may be made before `out-of-memory`. */
  room = Infinity;

  override allocate(length: number): DeviceArray {
    this.#take();
    return super.allocate(length);
  }

  override free(array: DeviceArray): void {
    super.free(array);
    this.live--;
  }

  override async matrix(shape: MatrixShape, chunks: Chunks): Promise<Matrix> {
    const matrix = await super.matrix(shape, chunks);
    this.#take();
    return matrix;
  }

  override freeMatrix(matrix: Matrix): void {
    super.freeMatrix(matrix);
    this.live--;
  }

  #take(): void {
    if (this.room <= 0) throw fail('out-of-memory', { bytes: 0 });
    this.room--;
    this.live++;
  }
}
