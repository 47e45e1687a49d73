/**
 * GPT-2's alphabet: a printable character for every byte, so that a vocabulary of byte strings can be stored as text.
 * Printable Latin-1 bytes stand for themselves, the others for U+0100 onwards in their order.
 * Source: `bytes_to_unicode` in openai/gpt-2, src/encoder.py.
 */
export const byteCharacters: readonly string[] = makeByteCharacters();

const bytesOfCharacters: ReadonlyMap<string, number> = new Map(
  byteCharacters.map((character, byte) => [character, byte]),
);

/** The bytes a vocabulary entry stands for, or undefined when it holds a character outside the alphabet. */
export function bytesOfEntry(entry: string): Uint8Array | undefined {
  const bytes = new Uint8Array(entry.length);
  for (let index = 0; index < entry.length; index++) {
    const byte = bytesOfCharacters.get(entry[index]);
    if (byte === undefined) return undefined;
    bytes[index] = byte;
  }
  return bytes;
}

function makeByteCharacters(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(printable ? byte : next++);
  });
}
