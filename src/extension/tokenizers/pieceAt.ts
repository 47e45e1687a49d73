/** The piece of a text, as the tokenizer splits it, that an offset lies in. */
import type { PieceMerges } from '../../protocol/tokens';
import type { TokenizerClient } from './tokenizerClient';

export interface PlacedPiece {
  readonly piece: PieceMerges;
  /** Where the piece begins in the text, in UTF-16 units. */
  readonly start: number;
}

/** UTF-16 units around an offset that surely hold the piece it is in, unless that is of unusual length. */
const around = 300;

/** Asks about a little text around the offset; undefined where the tokenizer leaves the text there out. */
export async function pieceAt(
  client: Pick<TokenizerClient, 'merges'>,
  { text, start, end }: { readonly text: string; readonly start: number; readonly end: number },
  signal?: AbortSignal,
): Promise<PlacedPiece | undefined> {
  const from = wholeCharacter(text, Math.max(0, start - around));
  const to = wholeCharacter(text, Math.min(text.length, end + around));
  const pieces = await client.merges({ text: text.slice(from, to) }, signal && { signal });
  const piece = pieces.find((one) => from + one.start <= start && start < from + one.end);
  return piece && { piece, start: from + piece.start };
}

/** A cut that does not go through a surrogate pair. */
function wholeCharacter(text: string, index: number): number {
  const isLow = (text.charCodeAt(index) & 0xfc00) === 0xdc00;
  return isLow ? index - 1 : index;
}
