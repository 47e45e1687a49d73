/** How long a text is for people. */

/** Code points: what people count as characters, but for joined ones. */
export function charactersIn(text: string): number {
  let pairs = 0;
  for (let n = 0; n + 1 < text.length; n++) {
    const isHigh = (text.charCodeAt(n) & 0xfc00) === 0xd800;
    if (isHigh && (text.charCodeAt(n + 1) & 0xfc00) === 0xdc00) pairs++;
  }
  return text.length - pairs;
}
