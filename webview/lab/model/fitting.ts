/** The nearest widths that a number of heads divides, at least one channel a head. */
export function fitting(width: number, heads: number): readonly [below: number, above: number] {
  const below = Math.max(heads, Math.floor(width / heads) * heads);
  return [below, below === width ? width : Math.max(heads, Math.ceil(width / heads) * heads)];
}
