/** What is compared in time must be the same in numbers: throws when two results differ by more than float32 explains. */
export function checkClose(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  name: string,
): void {
  let [largest, difference] = [0, 0];
  for (let i = 0; i < expected.length; i++) {
    const [a, b] = [found[i] ?? Number.NaN, expected[i] ?? Number.NaN];
    largest = Math.max(largest, Math.abs(b));
    difference = Math.max(difference, Math.abs(a - b));
  }
  // Sums of up to 3,072 products in float32, twelve blocks deep.
  const isClose = found.length === expected.length && difference <= 1e-3 * largest;
  if (!isClose) throw new Error(`${name} differs by ${difference} of ${largest}`);
}
