/** The open model's vocabulary, as text that can be shown: whitespace visible, bytes that are no character in hex. */
import type { VocabularyTable } from '../../protocol/tokens';
import { decodeUtf8 } from './utf8';

export class Vocabulary {
  readonly #table: VocabularyTable;
  readonly #special: ReadonlySet<number>;

  constructor(table: VocabularyTable) {
    this.#table = table;
    this.#special = new Set(table.special);
  }

  get size(): number {
    return this.#table.offsets.length - 1;
  }

  /** Empty for ids without an entry. */
  bytes(id: number): Uint8Array {
    const { bytes, offsets } = this.#table;
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
    return [...this.bytes(id)].map(hexByte).join(' ');
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

/** Any bytes on one line: invisible characters as marks, bytes that are no character in hex. */
export function labelOfBytes(bytes: Uint8Array): string {
  const parts = decodeUtf8(bytes).map((character) =>
    character.valid ? visible(character.text) : `<${[...character.bytes].map(hexByte).join(' ')}>`,
  );
  return parts.join('').replaceAll('><', ' ');
}

const marks: Readonly<Record<string, string>> = {
  ' ': '·',
  '\n': '↵',
  '\r': '␍',
  '\t': '→',
  '\u00a0': '⍽',
  '\u3000': '□',
  '\u200b': '<ZWSP>',
  '\u200d': '<ZWJ>',
  '\ufeff': '<BOM>',
};

/** Text with its invisible characters replaced by marks. */
function visible(text: string): string {
  // By code points: a mark stands for one of them.
  return Array.from(text)
    .map((character) => {
      const code = character.codePointAt(0) ?? 0;
      if (code < 0x20 || code === 0x7f) {
        return marks[character] ?? `<${hexByte(code)}>`;
      }
      return marks[character] ?? character;
    })
    .join('');
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
