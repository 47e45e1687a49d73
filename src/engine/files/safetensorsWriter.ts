/** A tensor to be written: 4-byte floats or integers, or 8-byte integers, row-major. */
export interface TensorPlan {
  readonly name: string;
  readonly type: 'F32' | 'I32' | 'I64';
  readonly shape: readonly number[];
}

/** Where everything of a safetensors file goes, before any of it is there. */
export interface SafetensorsPlan {
  /** The start of the file: length and header, padded so that data starts at a multiple of eight. */
  readonly head: Uint8Array;
  /** Where each tensor's bytes begin in the file, by name. */
  readonly offsets: ReadonlyMap<string, number>;
  /** Bytes of the whole file. */
  readonly size: number;
}

/**
 * Lays a safetensors file out, so that its tensors can be written one by one as they come. Wider types go first, which
 * keeps every tensor aligned to its element, as the reference implementation does. `metadata` is what the format's
 * `__metadata__` holds: strings for whoever reads the file.
 */
export function planSafetensors(
  tensors: readonly TensorPlan[],
  metadata?: Readonly<Record<string, string>>,
): SafetensorsPlan {
  const ordered = tensors.toSorted((a, b) => elementBytes[b.type] - elementBytes[a.type]);
  const begins = new Map<string, number>();
  let end = 0;
  const entries = ordered.map(({ name, type, shape }) => {
    const begin = end;
    begins.set(name, begin);
    end += shape.reduce((product, length) => product * length, elementBytes[type]);
    return [name, { dtype: type, shape, data_offsets: [begin, end] }] as const;
  });
  const notes = metadata === undefined ? {} : { __metadata__: metadata };
  const head = headOf(JSON.stringify({ ...notes, ...Object.fromEntries(entries) }));
  const offsets = new Map(Array.from(begins, ([name, begin]) => [name, head.length + begin]));
  return { head, offsets, size: head.length + end };
}

/** The bytes of values as files hold them: little-endian, like every machine that runs today's JavaScript engines. */
export function tensorBytes(values: Float32Array | Int32Array | BigInt64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

const elementBytes = { F32: 4, I32: 4, I64: 8 } as const;

function headOf(json: string): Uint8Array {
  const header = new TextEncoder().encode(json);
  const padded = Math.ceil(header.length / 8) * 8;
  const head = new Uint8Array(8 + padded).fill(0x20);
  new DataView(head.buffer).setBigUint64(0, BigInt(padded), true);
  head.set(header, 8);
  return head;
}
