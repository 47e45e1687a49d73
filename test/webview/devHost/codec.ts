/** Messages as JSON with typed arrays inside, for a wire of text. Used on both sides of the dev page. */

const kinds = {
  Float32Array,
  Float64Array,
  Int32Array,
  Uint32Array,
  Uint8Array,
} as const;

interface Packed {
  readonly $kind: keyof typeof kinds;
  readonly base64: string;
}

export function encode(message: unknown): string {
  return JSON.stringify(message, (_key, value: unknown) => {
    for (const name of Object.keys(kinds) as (keyof typeof kinds)[]) {
      if (value instanceof kinds[name]) return { $kind: name, base64: toBase64(value) };
    }
    return value;
  });
}

export function decode(text: string): unknown {
  return JSON.parse(text, (_key, value: unknown) => {
    if (typeof value !== 'object' || value === null || !('$kind' in value)) return value;
    const { $kind, base64 } = value as Packed;
    return new kinds[$kind](fromBase64(base64).buffer);
  });
}

function toBase64(values: ArrayBufferView): string {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  let binary = '';
  for (let i = 0; i < bytes.length; i += 8192) {
    binary += String.fromCharCode(...bytes.subarray(i, i + 8192));
  }
  return btoa(binary);
}

function fromBase64(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
