import type { RemoteCall } from '../../../protocol/remoteDevice';
import type { DeviceArray, Matrix } from '../device';
import type { TrainingDevice } from '../trainingDevice';
import { fromRemote, type HeldKind } from './remoteMemory';
import { remoteOperations, type RemoteCalls, type RemoteOperation } from './remoteOperations';

/** Plays on a device what `RemoteTrainingDevice` sent: the other end of its line. The device stays the caller's. */
export class BatchPlayer {
  readonly #device: TrainingDevice;
  readonly #held: { readonly [Kind in HeldKind]: Map<number, Held[Kind]> } = {
    array: new Map(),
    matrix: new Map(),
  };
  /** The batch before this one: they are played in the order in which they come. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(device: TrainingDevice) {
    this.#device = device;
  }

  /** Everything that was read, in order. Rejects with what went wrong on the device since somebody read last. */
  play(calls: readonly RemoteCall[]): Promise<Float32Array[]> {
    const playing = this.#before.then(() => this.#play(calls));
    this.#before = playing.catch(() => undefined);
    return playing;
  }

  async #play(calls: readonly RemoteCall[]): Promise<Float32Array[]> {
    const reads: Promise<ArrayLike<number>>[] = [];
    for (const { name, given } of calls) {
      const call = fromRemote(given, (kind, id) => this.#find(kind, id));
      if (isOperation(name)) this.#operate(name, call);
      else if (name === 'matrix') await this.#makeMatrix(call as RemoteCalls['matrix']);
      else if (isHandled(name)) {
        // What is given under a name is what the other end's method of that name was given.
        const read = (this.#handlers[name] as (given: unknown) => ReturnType<Handler<'read'>>)(
          call,
        );
        if (read !== undefined) reads.push(read);
      } else throw new TypeError(`There is no operation ${name}.`);
    }
    const read = await Promise.all(reads);
    return read.map((values) => Float32Array.from(values));
  }

  readonly #handlers: { readonly [Name in Handled]: Handler<Name> } = {
    allocate: ({ id, length }) => {
      this.#held.array.set(id, this.#device.allocate(length));
      return undefined;
    },
    free: ({ id }) => {
      this.#device.free(this.#find('array', id));
      this.#held.array.delete(id);
      return undefined;
    },
    freeMatrix: ({ id }) => {
      this.#device.freeMatrix(this.#find('matrix', id));
      this.#held.matrix.delete(id);
      return undefined;
    },
    clear: ({ array }) => {
      this.#device.clear(array);
      return undefined;
    },
    write: ({ array, offset, values }) => {
      this.#device.write(array, offset, values);
      return undefined;
    },
    read: ({ array, offset, length }) => this.#device.read(array, offset, length),
    readColumn: ({ matrix, output }) => this.#device.readColumn(matrix, output),
  };

  #operate(name: RemoteOperation, op: unknown): void {
    (this.#device[name] as (op: unknown) => void)(op);
  }

  async #makeMatrix({ id, values, ...shape }: RemoteCalls['matrix']): Promise<void> {
    this.#held.matrix.set(id, await this.#device.matrix(shape, once(values)));
  }

  #find<Kind extends HeldKind>(kind: Kind, id: number): Held[Kind] {
    const found: Held[Kind] | undefined = this.#held[kind].get(id);
    if (found === undefined) throw new TypeError(`There is no ${kind} ${id}.`);
    return found;
  }
}

interface Held {
  readonly array: DeviceArray;
  readonly matrix: Matrix;
}

type Handled = Exclude<keyof RemoteCalls, 'matrix'>;
type Handler<Name extends Handled> = (
  call: RemoteCalls[Name],
) => Promise<ArrayLike<number>> | undefined;

function isOperation(name: string): name is RemoteOperation {
  return (remoteOperations as readonly string[]).includes(name);
}

function isHandled(name: string): name is Handled {
  return (handled as readonly string[]).includes(name);
}

const handled = [
  'allocate',
  'free',
  'clear',
  'write',
  'read',
  'freeMatrix',
  'readColumn',
] as const satisfies readonly Handled[];

async function* once(values: Float32Array) {
  yield await Promise.resolve({ offset: 0, values });
}
