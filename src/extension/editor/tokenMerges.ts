/** Which merges made a token: asked for a little text around it, and told only when that gives the same tokens. */
import type { PieceMerges } from '../../protocol/tokens';
import { pieceAt } from '../tokenizers/pieceAt';
import type { TokenizerClient } from '../tokenizers/tokenizerClient';
import type { TokenPlace } from '../tokens/regionTokens';

/** Two parts that were joined, as bytes. */
export interface JoinedParts {
  readonly rank: number;
  readonly left: Uint8Array;
  readonly right: Uint8Array;
}

/** The merges inside one token, in their order; undefined where they are not known. */
export async function mergesOfToken(
  client: Pick<TokenizerClient, 'merges'>,
  { span, row }: TokenPlace,
  signal: AbortSignal,
): Promise<readonly JoinedParts[] | undefined> {
  const { starts, ends } = span.table;
  const place = { text: span.text, start: starts[row] ?? 0, end: ends[row] ?? 0 };
  const found = await pieceAt(client, place, signal);
  if (found === undefined || found.piece.merges.length === 0) return undefined;
  const { piece, start } = found;
  const inPiece = rowInPiece(span.table, row, { ...piece, start });
  return inPiece === undefined ? undefined : joinsOf(piece, inPiece);
}

/** Which token of the piece the row is; undefined when the piece was cut into other tokens than the table has. */
function rowInPiece(
  { ids, starts }: TokenPlace['span']['table'],
  row: number,
  piece: PieceMerges,
): number | undefined {
  let first = row;
  while (first > 0 && (starts[first - 1] ?? 0) >= piece.start) first--;
  const isSame = piece.ids.every((id, index) => ids[first + index] === id);
  return isSame ? row - first : undefined;
}

/** What was joined inside the n-th part that the piece ended as. */
function joinsOf(piece: PieceMerges, n: number): JoinedParts[] {
  const { bytes, merges } = piece;
  const last = [0, ...(merges.at(-1)?.cuts ?? []), bytes.length];
  const [low, high] = [last[n] ?? 0, last[n + 1] ?? 0];
  let before = Array.from({ length: bytes.length + 1 }, (_, cut) => cut);
  const joins: JoinedParts[] = [];
  for (const { rank, cuts, joined } of merges) {
    const after = [0, ...cuts, bytes.length];
    for (const at of joined.filter((place) => place >= low && place < high)) {
      const end = after[after.indexOf(at) + 1] ?? bytes.length;
      const middle = before[before.indexOf(at) + 1] ?? end;
      joins.push({ rank, left: bytes.subarray(at, middle), right: bytes.subarray(middle, end) });
    }
    before = after;
  }
  return joins;
}
