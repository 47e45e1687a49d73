import type { DeviceName } from '../../../protocol/devices';
import type { DeviceArray, Matrix, MatrixShape } from '../device';

/** What a device elsewhere holds, as it is known here: a number, and nothing of what is inside. */
export class RemoteArray implements DeviceArray {
  isFreed = false;

  constructor(
    readonly id: number,
    readonly length: number,
  ) {}
}

export class RemoteMatrix implements Matrix {
  isFreed = false;
  readonly inputs: number;
  readonly outputs: number;
  readonly layout: MatrixShape['layout'];

  constructor(
    readonly id: number,
    readonly device: DeviceName,
    shape: MatrixShape,
  ) {
    this.inputs = shape.inputs;
    this.outputs = shape.outputs;
    this.layout = shape.layout;
  }
}

/** Throws a TypeError for an array of another device, or one that was freed. */
export function remoteArray(array: DeviceArray): RemoteArray {
  if (!(array instanceof RemoteArray)) throw new TypeError(foreign);
  if (array.isFreed) throw new TypeError('This array was freed.');
  return array;
}

export function remoteMatrix(matrix: Matrix): RemoteMatrix {
  if (!(matrix instanceof RemoteMatrix)) throw new TypeError(foreign);
  if (matrix.isFreed) throw new TypeError('This matrix was freed.');
  return matrix;
}

const foreign = 'These numbers are of another device.';

/** What is given to a call as plain data of its own: the caller may use its arrays again at once. */
export function toRemote(value: unknown): unknown {
  if (value instanceof RemoteArray) return { array: remoteArray(value).id };
  if (value instanceof RemoteMatrix) return { matrix: remoteMatrix(value).id };
  if (ArrayBuffer.isView(value)) return (value as Float32Array | Int32Array | Uint8Array).slice();
  if (typeof value !== 'object' || value === null) return value;
  if (Object.getPrototypeOf(value) !== Object.prototype) throw new TypeError(foreign);
  const entries = Object.entries(value).map(([name, part]) => [name, toRemote(part)] as const);
  return Object.fromEntries(entries);
}

/** The same with what `find` knows under the numbers. */
export function fromRemote(value: unknown, find: (kind: HeldKind, id: number) => unknown): unknown {
  if (typeof value !== 'object' || value === null || ArrayBuffer.isView(value)) return value;
  const entries: (readonly [string, unknown])[] = Object.entries(value);
  const [kind, id] = entries[0] ?? [];
  if (entries.length === 1 && typeof id === 'number' && (kind === 'array' || kind === 'matrix')) {
    return find(kind, id);
  }
  return Object.fromEntries(entries.map(([name, part]) => [name, fromRemote(part, find)]));
}

export type HeldKind = 'array' | 'matrix';
