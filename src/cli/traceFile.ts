import { open, rename, rm, type FileHandle } from 'node:fs/promises';
import type { Device } from '../engine/devices/device';
import {
  planSafetensors,
  tensorBytes,
  type SafetensorsPlan,
} from '../engine/files/safetensorsWriter';
import { MemoryRecorder } from '../engine/tracing/memoryRecorder';
import type { Recorder } from '../engine/tracing/recorder';
import { fail } from '../protocol/failures';

/** What a trace holds: the ids and the wanted activations with their shapes. */
export interface TraceContent {
  readonly ids: Int32Array;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly device: Device;
}

/**
 * A safetensors file that a forward pass records itself into, each activation straight to its place, so that a trace may
 * be larger than memory. Until it is whole it stands beside its place under another name.
 */
export class TraceFile implements Recorder {
  /** Throws `file-unwritable`. */
  static async create(path: string, content: TraceContent): Promise<TraceFile> {
    const names = Array.from(content.shapes, ([name, shape]) => {
      return { name, type: 'F32', shape } as const;
    });
    const ids = { name: 'ids', type: 'I64', shape: [content.ids.length] } as const;
    const plan = planSafetensors([ids, ...names]);
    const handle = await open(partial(path), 'w').catch(rethrow(path));
    const file = new TraceFile({ path, handle, plan }, content);
    try {
      await file.#write(0, plan.head);
      await file.#put('ids', BigInt64Array.from(content.ids, BigInt));
      return file;
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #plan: SafetensorsPlan;
  readonly #content: TraceContent;
  readonly #missing: Set<string>;

  private constructor(
    file: { readonly path: string; readonly handle: FileHandle; readonly plan: SafetensorsPlan },
    content: TraceContent,
  ) {
    this.#path = file.path;
    this.#handle = file.handle;
    this.#plan = file.plan;
    this.#content = content;
    this.#missing = new Set(file.plan.offsets.keys());
  }

  wants(name: string): boolean {
    return this.#missing.has(name);
  }

  async keep(activation: Parameters<Recorder['keep']>[0]): Promise<void> {
    const { name } = activation;
    const one = new MemoryRecorder(this.#content.device, { keep: ['*'], limitBytes: Infinity });
    await one.keep(activation);
    const recorded = one.get(name);
    const expected = this.#content.shapes.get(name);
    if (recorded === undefined || String(recorded.shape) !== String(expected)) {
      throw new RangeError(`${name} is [${String(recorded?.shape)}], not [${String(expected)}].`);
    }
    await this.#put(name, Float32Array.from(recorded.values));
  }

  /** Puts the file in its place. Throws when an activation is missing, for the file would hold numbers nobody computed. */
  async finish(): Promise<void> {
    const [missing] = this.#missing;
    if (missing !== undefined) throw fail('activation-unknown', { name: missing });
    await this.#handle.close();
    await rename(partial(this.#path), this.#path).catch(rethrow(this.#path));
  }

  /** Leaves nothing behind. */
  async discard(): Promise<void> {
    await this.#handle.close();
    await rm(partial(this.#path), { force: true });
  }

  async #put(name: string, values: Float32Array | BigInt64Array): Promise<void> {
    const offset = this.#plan.offsets.get(name);
    if (offset === undefined) throw fail('activation-unknown', { name });
    await this.#write(offset, tensorBytes(values));
    this.#missing.delete(name);
  }

  async #write(offset: number, bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const part = bytes.subarray(done);
      const written = this.#handle.write(part, 0, part.length, offset + done);
      done += (await written.catch(rethrow(this.#path))).bytesWritten;
    }
  }
}

function partial(path: string): string {
  return `${path}.partial`;
}

function rethrow(file: string): (error: unknown) => never {
  return (error) => {
    const { code, message } = error as NodeJS.ErrnoException;
    throw fail('file-unwritable', { file, why: code ?? message });
  };
}
