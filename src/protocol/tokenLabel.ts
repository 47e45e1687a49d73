/** Tokens on one line, wherever they are listed. */
import { decodeUtf8 } from './utf8';

/** Any bytes on one line: invisible characters as marks, bytes that are no character in hex. */
export function labelOfBytes(bytes: Uint8Array): string {
  const parts = decodeUtf8(bytes).map((character) =>
    character.valid ? visible(character.text) : `<${hexOfBytes(character.bytes)}>`,
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

/** Two capital hex digits a byte: `20 67`. */
export function hexOfBytes(bytes: Uint8Array): string {
  return Array.from(bytes, hexByte).join(' ');
}

function hexByte(byte: number): string {
  return byte.toString(16).toUpperCase().padStart(2, '0');
}
