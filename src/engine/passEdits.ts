import { checkWhole } from './ids';

/** What may be changed about a pass over T tokens: see `EngineApi.run`. */
export interface Edited {
  readonly mask?: Uint8Array | undefined;
  readonly positions?: Int32Array | undefined;
}

/**
 * Throws `setting-invalid` for a mask that is not [T, T] or has a query that sees nothing, and for positions that are not
 * [T] or not in [−1, context).
 */
export function checkEdits(
  { mask, positions }: Edited,
  { tokens, context }: { readonly tokens: number; readonly context: number },
): void {
  if (mask !== undefined) checkMask(mask, tokens);
  if (positions === undefined) return;
  checkWhole('positions', positions.length, [tokens, tokens]);
  for (const [token, position] of positions.entries()) {
    checkWhole(`positions[${token}]`, position, [-1, context - 1]);
  }
}

function checkMask(mask: Uint8Array, tokens: number): void {
  checkWhole('mask', mask.length, [tokens * tokens, tokens * tokens]);
  for (let query = 0; query < tokens; query++) {
    const row = mask.subarray(query * tokens, (query + 1) * tokens);
    // Softmax over nothing is not a number.
    checkWhole(`mask[${query}]`, row.filter((seen) => seen !== 0).length, [1, tokens]);
  }
}
