import type { DeviceName } from '../../protocol/devices';
import type { Operation, OperationCost } from '../../protocol/timings';
import type {
  Chunks,
  Device,
  DeviceArray,
  LinearOp,
  Matrix,
  MatrixShape,
  NormOp,
  Values,
} from './device';
import * as costs from './operationCosts';

/** Told of each operation when it is done. */
export interface Stopwatch {
  /** Milliseconds that only grow. */
  now(): number;
  note(operation: Operation, startedAt: number, cost: OperationCost): void;
}

/**
 * A device whose operations are timed, one by one. It owns nothing: arrays and matrices are those of the device behind
 * it, and either may be handed to the other.
 */
export class TimedDevice implements Device {
  readonly name: DeviceName;
  readonly #device: Device;
  readonly #watch: Stopwatch;

  constructor(device: Device, watch: Stopwatch) {
    this.name = device.name;
    this.#device = device;
    this.#watch = watch;
  }

  get mostNumbers(): number | undefined {
    return this.#device.mostNumbers;
  }

  allocate(length: number): DeviceArray {
    return this.#timed('allocate', costs.clearCost(length), () => this.#device.allocate(length));
  }

  free(array: DeviceArray): void {
    this.#device.free(array);
  }

  write(target: DeviceArray, offset: number, values: Float32Array): void {
    this.#timed('write', costs.copyCost(values.length), () => {
      this.#device.write(target, offset, values);
    });
  }

  async read(source: DeviceArray, offset = 0, length = source.length - offset): Promise<Values> {
    const started = this.#watch.now();
    const values = await this.#device.read(source, offset, length);
    this.#watch.note('read', started, costs.copyCost(length));
    return values;
  }

  copyRows(op: Parameters<Device['copyRows']>[0]): void {
    this.#timed('copyRows', costs.copyCost(op.rows * op.columns), () => {
      this.#device.copyRows(op);
    });
  }

  matrix(shape: MatrixShape, chunks: Chunks): Promise<Matrix> {
    return this.#device.matrix(shape, chunks);
  }

  freeMatrix(matrix: Matrix): void {
    this.#device.freeMatrix(matrix);
  }

  readColumn(matrix: Matrix, output: number): Promise<Values> {
    return this.#device.readColumn(matrix, output);
  }

  gather(op: Parameters<Device['gather']>[0]): void {
    this.#timed('gather', costs.gatherCost(op), () => {
      this.#device.gather(op);
    });
  }

  linear(op: LinearOp): void {
    this.#timed('linear', costs.linearCost(op), () => {
      this.#device.linear(op);
    });
  }

  linearPerHead(op: Parameters<Device['linearPerHead']>[0]): void {
    this.#timed('linearPerHead', costs.linearPerHeadCost(op), () => {
      this.#device.linearPerHead(op);
    });
  }

  add(op: Parameters<Device['add']>[0]): void {
    this.#timed('add', costs.elementwiseCost(op), () => {
      this.#device.add(op);
    });
  }

  multiply(op: Parameters<Device['multiply']>[0]): void {
    this.#timed('multiply', costs.elementwiseCost(op), () => {
      this.#device.multiply(op);
    });
  }

  norm(op: NormOp): void {
    this.#timed('norm', costs.normCost(op), () => {
      this.#device.norm(op);
    });
  }

  activation(op: Parameters<Device['activation']>[0]): void {
    this.#timed('activation', costs.activationCost(op), () => {
      this.#device.activation(op);
    });
  }

  rotary(op: Parameters<Device['rotary']>[0]): void {
    this.#timed('rotary', costs.rotaryCost(op), () => {
      this.#device.rotary(op);
    });
  }

  attentionScores(op: Parameters<Device['attentionScores']>[0]): void {
    this.#timed('attentionScores', costs.scoresCost(op), () => {
      this.#device.attentionScores(op);
    });
  }

  attentionPattern(op: Parameters<Device['attentionPattern']>[0]): void {
    this.#timed('attentionPattern', costs.patternCost(op), () => {
      this.#device.attentionPattern(op);
    });
  }

  attentionMix(op: Parameters<Device['attentionMix']>[0]): void {
    this.#timed('attentionMix', costs.mixCost(op), () => {
      this.#device.attentionMix(op);
    });
  }

  /** The device behind is its owner's to dispose. */
  dispose(): void {
    return;
  }

  /** The costs are counted before: what counting takes is not the operation's. */
  #timed<Result>(operation: Operation, cost: OperationCost, work: () => Result): Result {
    const started = this.#watch.now();
    const result = work();
    this.#watch.note(operation, started, cost);
    return result;
  }
}
