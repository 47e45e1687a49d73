import type { Device, DeviceArray, Matrix, MatrixShape, Chunks } from '../device';
import { activate } from './activation';
import { attentionMix, attentionPattern, attentionScores } from './attention';
import { gather, linear, linearPerHead } from './linear';
import { normalize } from './norm';
import { openView, ownArray, ownMatrix, valuesOf } from './referenceMemory';
import { ReferenceArray, ReferenceMatrix } from './referenceMemory';
import { rotate } from './rotary';

/**
 * Every operation as the formula says it: plain loops in float64, one after another, always in the same order. It is
 * the independent path that other devices and numbers on screen are checked against, and the last resort where there is
 * no WebAssembly.
 */
export class ReferenceDevice implements Device {
  readonly name = 'reference';
  readonly #owned = new Set<ReferenceArray | ReferenceMatrix>();

  allocate(length: number): DeviceArray {
    const array = new ReferenceArray(length);
    this.#owned.add(array);
    return array;
  }

  free(array: DeviceArray): void {
    const own = ownArray(array);
    own.free();
    this.#owned.delete(own);
  }

  write(target: DeviceArray, offset: number, values: Float32Array): void {
    valuesOf(target).set(values, offset);
  }

  read(source: DeviceArray, offset = 0, length = source.length - offset): Promise<Float64Array> {
    return Promise.resolve(valuesOf(source).slice(offset, offset + length));
  }

  copyRows(op: Parameters<Device['copyRows']>[0]): void {
    const [from, to] = [openView(op.source), openView(op.target)];
    for (let row = 0; row < op.rows; row++) {
      const start = from.offset + row * from.stride;
      to.values.set(from.values.subarray(start, start + op.columns), to.offset + row * to.stride);
    }
  }

  async matrix(shape: MatrixShape, chunks: Chunks): Promise<Matrix> {
    const matrix = new ReferenceMatrix(shape);
    for await (const { offset, values } of chunks) matrix.values.set(values, offset);
    this.#owned.add(matrix);
    return matrix;
  }

  freeMatrix(matrix: Matrix): void {
    const own = ownMatrix(matrix);
    own.free();
    this.#owned.delete(own);
  }

  readColumn(matrix: Matrix, output: number): Promise<Float64Array> {
    const { values, inputs, inputStride, outputStride } = ownMatrix(matrix);
    const column = new Float64Array(inputs);
    for (let i = 0; i < inputs; i++) column[i] = values[i * inputStride + output * outputStride];
    return Promise.resolve(column);
  }

  readonly gather = gather;
  readonly linear = linear;
  readonly linearPerHead = linearPerHead;
  readonly norm = normalize;
  readonly activation = activate;
  readonly rotary = rotate;
  readonly attentionScores = attentionScores;
  readonly attentionPattern = attentionPattern;
  readonly attentionMix = attentionMix;

  add(op: Parameters<Device['add']>[0]): void {
    const [a, b, out] = [valuesOf(op.a), valuesOf(op.b), valuesOf(op.out)];
    for (let i = 0; i < op.length; i++) out[i] = a[i] + b[i];
  }

  multiply(op: Parameters<Device['multiply']>[0]): void {
    const [a, b, out] = [valuesOf(op.a), valuesOf(op.b), valuesOf(op.out)];
    for (let i = 0; i < op.length; i++) out[i] = a[i] * b[i];
  }

  dispose(): void {
    for (const memory of this.#owned) memory.free();
    this.#owned.clear();
  }
}
