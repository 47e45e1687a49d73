/**
 * The buffers of a message that can be handed over instead of copied: those of typed arrays that cover them whole.
 * Arrays in answers belong to the caller, so nobody misses them here.
 */
export function transferables(message: unknown): ArrayBuffer[] {
  const found = new Set<ArrayBuffer>();
  collect(message, found);
  return [...found];
}

function collect(value: unknown, found: Set<ArrayBuffer>): void {
  if (typeof value !== 'object' || value === null) return;
  if (ArrayBuffer.isView(value)) {
    const { buffer, byteLength } = value;
    if (buffer instanceof ArrayBuffer && byteLength === buffer.byteLength) found.add(buffer);
    return;
  }
  for (const part of Object.values(value)) collect(part, found);
}
