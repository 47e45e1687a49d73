/** What the split patterns of cl100k_base and o200k_base have in common. */

/**
 * Code units of `(?i:'s|'t|'re|'ve|'m|'ll|'d)` at `start`, 0 where there is none. Without regard to case, `s` is also the
 * long ſ (Unicode, CaseFolding.txt).
 */
export function contractionLength(text: string, start: number): number {
  if (text.charAt(start) !== "'") return 0;
  if (/^[stmdſ]$/i.test(text.charAt(start + 1))) return 2;
  return /^(re|ve|ll)$/i.test(text.slice(start + 1, start + 3)) ? 3 : 0;
}

export function isLineEnd(unit: number): boolean {
  return unit === 0x0a || unit === 0x0d;
}

/** Where a run of other characters that ends at `end` stops together with the `closing` characters after it. */
export function endOfRest(text: string, end: number, closing: string): number {
  while (end < text.length && closing.includes(text.charAt(end))) end++;
  return end;
}

/**
 * Where a piece that starts with white space ends, the run being [start, end): `\s*[\r\n]+` takes it up to the last end of
 * a line, `\s+(?!\S)` all, or all but the last before something else, `\s+` what is a single one.
 */
export function endOfSpace(text: string, start: number, end: number): number {
  for (let at = end; at > start; at--) if (isLineEnd(text.charCodeAt(at - 1))) return at;
  return end < text.length && end - start > 1 ? end - 1 : end;
}
