// Writes messages of protocol buffers (developers.google.com/protocol-buffers/docs/encoding), as much as ONNX needs.

/** Bytes in pieces, so that half a gigabyte of weights is copied once. */
export type Pieces = readonly Uint8Array[];

export function wholeNumber(field: number, value: number): Pieces {
  return [Uint8Array.from([...varint(field * 8), ...varint(value)])];
}

export function float(field: number, value: number): Pieces {
  const bytes = new Uint8Array(Float32Array.of(value).buffer);
  return [Uint8Array.from([...varint(field * 8 + 5), ...bytes])];
}

export function text(field: number, value: string): Pieces {
  return bytes(field, new TextEncoder().encode(value));
}

export function bytes(field: number, value: Uint8Array): Pieces {
  return message(field, [[value]]);
}

export function message(field: number, parts: readonly Pieces[]): Pieces {
  const content = parts.flat();
  const length = content.reduce((sum, piece) => sum + piece.length, 0);
  return [Uint8Array.from([...varint(field * 8 + 2), ...varint(length)]), ...content];
}

/** Seven bits in a byte, the lowest first. */
function varint(value: number): number[] {
  const found: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) found.push((rest % 128) | 128);
  return [...found, rest];
}
