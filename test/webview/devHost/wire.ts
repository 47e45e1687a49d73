/** Typed arrays through JSON: `{ $array: 'Float32Array', base64 }`. */

const kinds = { Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array } as const;
type Kind = keyof typeof kinds;

export function toWire(value: unknown): unknown {
  if (value === undefined) return { $undefined: true };
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteOffset, byteLength } = value;
    const base64 = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
    return { $array: value.constructor.name, base64 };
  }
  if (Array.isArray(value)) return value.map(toWire);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, toWire(each)]));
}

export function fromWire(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(fromWire);
  if (typeof value !== 'object' || value === null) return value;
  const record = value as Record<string, unknown>;
  if ('$undefined' in record) return undefined;
  if ('$array' in record) return arrayOf(record['$array'] as Kind, String(record['base64']));
  return Object.fromEntries(Object.entries(record).map(([key, each]) => [key, fromWire(each)]));
}

function arrayOf(kind: Kind, base64: string): ArrayBufferView {
  const bytes = Uint8Array.from(Buffer.from(base64, 'base64'));
  return new kinds[kind](bytes.buffer);
}
