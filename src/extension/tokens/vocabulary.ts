/** The open model's vocabulary, as text that can be shown: whitespace visible, bytes that are no character in hex. */
import { hexOfBytes, labelOfBytes } from '../../protocol/tokenLabel';
import type { VocabularyTable } from '../../protocol/tokens';

export class Vocabulary {
  readonly table: VocabularyTable;
  readonly #special: ReadonlySet<number>;

  constructor(table: VocabularyTable) {
    this.table = table;
    this.#special = new Set(table.special);
  }

  get size(): number {
    return this.table.offsets.length - 1;
  }

  /** Empty for ids without an entry. */
  bytes(id: number): Uint8Array {
    const { bytes, offsets } = this.table;
    return bytes.subarray(offsets[id] ?? 0, offsets[id + 1] ?? 0);
  }

  /** A control mark, such as the end of text, and not text. */
  isSpecial(id: number): boolean {
    return this.#special.has(id);
  }

  /** The bytes a token adds to a text: none for a control mark. */
  textBytes(id: number): Uint8Array {
    return this.isSpecial(id) ? new Uint8Array(0) : this.bytes(id);
  }

  /** Two capital hex digits a byte: `20 67`. */
  hex(id: number): string {
    return hexOfBytes(this.bytes(id));
  }

  /** The token on one line: `·girl`, `↵`, `<E3 81>`. */
  label(id: number): string {
    return this.labelOf(this.bytes(id));
  }

  /** Any bytes on one line, as a token's label. */
  labelOf(bytes: Uint8Array): string {
    return labelOfBytes(bytes);
  }
}
