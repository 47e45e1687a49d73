import type { GpuDeviceName } from '../../../protocol/devices';
import { fail, failureOf } from '../../../protocol/failures';
import type { RemoteCall } from '../../../protocol/remoteDevice';
import type { Chunks, DeviceArray, Matrix, MatrixShape } from '../device';
import type { TrainingDevice } from '../trainingDevice';
import { RemoteArray, RemoteMatrix, remoteArray, remoteMatrix, toRemote } from './remoteMemory';
import type { RemoteCalls, RemoteOperation } from './remoteOperations';

/** The way to the device. */
export interface RemoteLine {
  /** Does what is asked for and answers with what was read, in order. */
  run(calls: readonly RemoteCall[]): Promise<readonly Float32Array[]>;
  /** Lets go of the device. */
  close(): void;
}

/** So many numbers are sent without waiting for a read: a model on its way must not lie here a second time. */
const mostWaiting = 1 << 20;

/**
 * A device that is somewhere else. Operations line up here and go over in one message with the next read, so that a
 * training step is one message and one answer; weights, gradients and what the optimiser remembers stay there.
 *
 * Whatever goes wrong there is told by the next `read` as `device-lost`: what the device held is gone then. Throws a
 * TypeError for arrays that are foreign or freed.
 */
export class RemoteTrainingDevice implements TrainingDevice {
  readonly name: GpuDeviceName;
  readonly #line: RemoteLine;
  #calls: RemoteCall[] = [];
  /** Numbers in the calls that wait. */
  #waiting = 0;
  #reads = 0;
  /** What the reads among the calls that wait will be told. */
  #answer: Promise<readonly Float32Array[]> | undefined;
  #failure: { readonly thrown: unknown } | undefined;
  #lastId = 0;
  #isDisposed = false;

  constructor(name: GpuDeviceName, line: RemoteLine) {
    this.name = name;
    this.#line = line;
  }

  allocate(length: number): DeviceArray {
    const array = new RemoteArray(++this.#lastId, length);
    this.#push('allocate', { id: array.id, length });
    return array;
  }

  free(array: DeviceArray): void {
    const own = remoteArray(array);
    own.isFreed = true;
    this.#push('free', { id: own.id });
  }

  clear(array: DeviceArray): void {
    this.#push('clear', { array });
  }

  write(array: DeviceArray, offset: number, values: Float32Array): void {
    this.#push('write', { array, offset, values });
    this.#sendWhenMuch(values.length);
  }

  read(array: DeviceArray, offset = 0, length = array.length - offset): Promise<Float32Array> {
    this.#push('read', { array, offset, length });
    return this.#answerToLast();
  }

  async matrix(shape: MatrixShape, chunks: Chunks): Promise<Matrix> {
    const values = new Float32Array(shape.inputs * shape.outputs);
    for await (const chunk of chunks) values.set(chunk.values, chunk.offset);
    const matrix = new RemoteMatrix(++this.#lastId, this.name, shape);
    const { inputs, outputs, layout } = shape;
    this.#push('matrix', { id: matrix.id, inputs, outputs, layout, values });
    this.#sendWhenMuch(values.length);
    return matrix;
  }

  freeMatrix(matrix: Matrix): void {
    const own = remoteMatrix(matrix);
    own.isFreed = true;
    this.#push('freeMatrix', { id: own.id });
  }

  readColumn(matrix: Matrix, output: number): Promise<Float32Array> {
    this.#push('readColumn', { matrix, output });
    return this.#answerToLast();
  }

  readonly copyRows = this.#operation('copyRows');
  readonly gather = this.#operation('gather');
  readonly linear = this.#operation('linear');
  readonly linearPerHead = this.#operation('linearPerHead');
  readonly add = this.#operation('add');
  readonly multiply = this.#operation('multiply');
  readonly norm = this.#operation('norm');
  readonly activation = this.#operation('activation');
  readonly rotary = this.#operation('rotary');
  readonly attentionScores = this.#operation('attentionScores');
  readonly attentionPattern = this.#operation('attentionPattern');
  readonly attentionMix = this.#operation('attentionMix');
  readonly product = this.#operation('product');
  readonly columnSums = this.#operation('columnSums');
  readonly gatherRows = this.#operation('gatherRows');
  readonly scatterRows = this.#operation('scatterRows');
  readonly normBackward = this.#operation('normBackward');
  readonly activationBackward = this.#operation('activationBackward');
  readonly rotaryBackward = this.#operation('rotaryBackward');
  readonly attention = this.#operation('attention');
  readonly attentionBackward = this.#operation('attentionBackward');
  readonly crossEntropy = this.#operation('crossEntropy');
  readonly sumOfSquares = this.#operation('sumOfSquares');
  readonly adam = this.#operation('adam');
  readonly descend = this.#operation('descend');

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#line.close();
  }

  #operation<Name extends RemoteOperation>(name: Name) {
    return (op: Parameters<TrainingDevice[Name]>[0]): void => {
      this.#calls.push({ name, given: toRemote(op) });
    };
  }

  #push<Name extends keyof RemoteCalls>(name: Name, given: RemoteCalls[Name]): void {
    this.#calls.push({ name, given: toRemote(given) });
  }

  /** What the read that was lined up last will find. What is issued in the same turn goes along in the same message. */
  #answerToLast(): Promise<Float32Array> {
    const index = this.#reads++;
    this.#answer ??= Promise.resolve().then(() => this.#send());
    return this.#answer.then((answers) => answers[index]);
  }

  #sendWhenMuch(numbers: number): void {
    this.#waiting += numbers;
    // What reads wait for goes with them.
    if (this.#waiting < mostWaiting || this.#answer !== undefined) return;
    this.#send().catch((thrown: unknown) => {
      this.#failure ??= { thrown };
    });
  }

  async #send(): Promise<readonly Float32Array[]> {
    const calls = this.#calls;
    this.#calls = [];
    this.#reads = 0;
    this.#waiting = 0;
    this.#answer = undefined;
    try {
      if (this.#isDisposed) throw fail('engine-stopped', {});
      if (this.#failure !== undefined) throw this.#failure.thrown;
      return await this.#line.run(calls);
    } catch (thrown) {
      const failure = failureOf(thrown);
      const why = 'why' in failure.details ? failure.details.why : failure.code;
      throw fail('device-lost', { device: this.name, why });
    }
  }
}
