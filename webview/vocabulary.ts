/** The vocabulary as the panel shows it: the text or the bytes behind an id. */
import type { VocabularyTable } from '../src/protocol/tokens';

export class Vocabulary {
  readonly #table: VocabularyTable;
  readonly #special: ReadonlySet<number>;
  readonly #strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  constructor(table: VocabularyTable) {
    this.#table = table;
    this.#special = new Set(table.special);
  }

  bytes(id: number): Uint8Array {
    const { bytes, offsets } = this.#table;
    return bytes.subarray(offsets[id] ?? 0, offsets[id + 1] ?? 0);
  }

  /** Whether the id is a control mark and stands for no text. */
  isSpecial(id: number): boolean {
    return this.#special.has(id);
  }

  /** The text of an id, or undefined when its bytes are not whole, printable characters. */
  text(id: number): string | undefined {
    return this.decode(this.bytes(id));
  }

  /** Bytes as text, or undefined when they are not whole, printable characters. */
  decode(bytes: Uint8Array): string | undefined {
    if (bytes.length === 0) return undefined;
    try {
      const text = this.#strict.decode(bytes);
      return unprintable.test(text) ? undefined : text;
    } catch {
      return undefined;
    }
  }

  /** Bytes in hex, e.g. `E3 81 82`. */
  hex(id: number): string {
    return hexOf(this.bytes(id));
  }
}

/** Characters of which a picture would be empty or unknown; tab and line ends have marks of their own. */
const unprintable = /(?![\t\n\r])[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/u;

export function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(' ');
}
