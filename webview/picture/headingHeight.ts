/** How high the headings of columns stand, which are written upright. */

/** Height for the longest of some texts, `most` at the most; a Japanese character is as tall as it is wide. */
export function headingHeight(texts: readonly string[], most = 120): number {
  const height = (text: string): number =>
    Array.from(text).reduce((sum, character) => sum + (isWide(character) ? 12 : 7), 10);
  const longest = texts.reduce((top, text) => Math.max(top, height(text)), 0);
  return Math.max(40, Math.min(most, longest));
}

export function isWide(character: string): boolean {
  return /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uff60]/u.test(
    character,
  );
}
