// Model folders in memory, and safetensors files with any header at all, made without the engine's own writer.
import type { ByteSource, ModelFiles } from '../../src/engine/files/byteSource';

export type FileContents = Readonly<Record<string, Uint8Array | string | undefined>>;

/** A folder that knows which of its files are open. */
export interface MemoryFolder extends ModelFiles {
  readonly openFiles: ReadonlySet<string>;
  /** Longest single read so far, in bytes. */
  readonly longestRead: number;
}

export function memoryFolder(contents: FileContents, name = 'memory'): MemoryFolder {
  const openFiles = new Set<string>();
  const state = { longestRead: 0 };
  return {
    name,
    openFiles,
    get longestRead() {
      return state.longestRead;
    },
    open(file) {
      const content = contents[file];
      if (content === undefined) return Promise.resolve(undefined);
      openFiles.add(file);
      const source = byteSource(content, () => openFiles.delete(file));
      return Promise.resolve({
        ...source,
        read(offset: number, length: number) {
          state.longestRead = Math.max(state.longestRead, length);
          return source.read(offset, length);
        },
      });
    },
  };
}

export function byteSource(content: Uint8Array | string, onClose = (): unknown => 0): ByteSource {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content;
  return {
    size: bytes.length,
    read(offset, length) {
      if (offset + length > bytes.length) {
        throw new RangeError(`Bytes ${offset} to ${offset + length} of ${bytes.length}.`);
      }
      // At an odd place in its buffer, as a file system may hand bytes out.
      const read = new Uint8Array(length + 1).subarray(1);
      read.set(bytes.subarray(offset, offset + length));
      return Promise.resolve(read);
    },
    close() {
      onClose();
      return Promise.resolve();
    },
  };
}

/** A safetensors file of this header, taken as it is, and so many bytes of data. */
export function safetensorsOf(
  header: unknown,
  data: Uint8Array | number = 0,
  headerLength?: bigint,
): Uint8Array {
  const text = typeof header === 'string' ? header : JSON.stringify(header);
  const json = Buffer.from(text);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(headerLength ?? BigInt(json.length));
  return Buffer.concat([length, json, typeof data === 'number' ? Buffer.alloc(data) : data]);
}

export interface RawTensor {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** A proper file of these tensors. */
export function packTensors(tensors: Readonly<Record<string, RawTensor>>): Uint8Array {
  const header: Record<string, object> = {};
  let end = 0;
  for (const [name, { dtype, shape, bytes }] of Object.entries(tensors)) {
    header[name] = { dtype, shape, data_offsets: [end, end + bytes.length] };
    end += bytes.length;
  }
  return safetensorsOf(header, Buffer.concat(Object.values(tensors).map(({ bytes }) => bytes)));
}

export function float32Tensor(shape: readonly number[], values: ArrayLike<number>): RawTensor {
  const bytes = Buffer.alloc(values.length * 4);
  for (let index = 0; index < values.length; index++) {
    bytes.writeFloatLE(values[index] ?? NaN, index * 4);
  }
  return { dtype: 'F32', shape, bytes };
}

/** A config.json of GPT-2's architecture, as small as it can be. */
export const tinyConfig = {
  model_type: 'gpt2',
  n_layer: 1,
  n_head: 2,
  n_embd: 4,
  n_positions: 8,
  vocab_size: 10,
};

/** GPT-2's names under `transformer.`, every value its own number. */
export function tinyTensors(config = tinyConfig): Record<string, RawTensor> {
  const { n_embd: width, n_positions: context, vocab_size: vocabulary } = config;
  const shapes: Record<string, number[]> = {
    'wte.weight': [vocabulary, width],
    'wpe.weight': [context, width],
  };
  for (let block = 0; block < config.n_layer; block++) {
    const h = `h.${block}`;
    for (const norm of ['ln_1', 'ln_2']) {
      shapes[`${h}.${norm}.weight`] = [width];
      shapes[`${h}.${norm}.bias`] = [width];
    }
    for (const [name, inputs, outputs] of [
      ['attn.c_attn', width, 3 * width],
      ['attn.c_proj', width, width],
      ['mlp.c_fc', width, 4 * width],
      ['mlp.c_proj', 4 * width, width],
    ] as const) {
      shapes[`${h}.${name}.weight`] = [inputs, outputs];
      shapes[`${h}.${name}.bias`] = [outputs];
    }
  }
  shapes['ln_f.weight'] = [width];
  shapes['ln_f.bias'] = [width];
  let next = 0;
  const tensor = (shape: readonly number[]): RawTensor => {
    const length = shape.reduce((product, size) => product * size, 1);
    return float32Tensor(
      shape,
      Array.from({ length }, () => next++ / 64),
    );
  };
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape]) => [`transformer.${name}`, tensor(shape)]),
  );
}
