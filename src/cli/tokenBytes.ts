import type { Tokenizer } from '../engine/tokenizer/tokenizer';

/** The bytes of a text's tokens. Rows that only pad the table stand for none, and so do all without a tokenizer. */
export function tokenBytes(ids: ArrayLike<number>, tokenizer: Tokenizer | undefined): Uint8Array {
  const known = (tokenizer?.vocabulary.offsets.length ?? 1) - 1;
  return tokenizer?.bytes(Array.from(ids).filter((id) => id < known)) ?? new Uint8Array();
}
