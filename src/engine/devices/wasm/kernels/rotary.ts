// Rotary positions (Su et al. 2021, eq. 34), in the half-split order of GPT-NeoX and Llama.

/**
 * Rotates the pairs (d, d + size/2) of each head in place. `table` holds for each row cos then sin of its angles,
 * size/2 each. `stride` is elements between rows of x. `direction` is 1, or −1 to turn back, which is also what the
 * gradient does.
 */
export function rotary(
  rows: i32,
  heads: i32,
  size: i32,
  x: usize,
  stride: i32,
  table: usize,
  direction: f32,
): void {
  const half = (<usize>(size >> 1)) << 2;
  for (let r = 0; r < rows; r++, x += (<usize>stride) << 2, table += half * 2) {
    let head = x;
    for (let h = 0; h < heads; h++, head += (<usize>size) << 2)
      rotateHead(head, half, table, direction);
  }
}

@inline
function rotateHead(head: usize, half: usize, table: usize, direction: f32): void {
  let i: usize = 0;
  for (; i + 16 <= half; i += 16) {
    const a = v128.load(head + i),
      b = v128.load(head + half + i);
    const cos = v128.load(table + i),
      sin = f32x4.mul(v128.load(table + half + i), f32x4.splat(direction));
    v128.store(head + i, f32x4.sub(f32x4.mul(a, cos), f32x4.mul(b, sin)));
    v128.store(head + half + i, f32x4.add(f32x4.mul(b, cos), f32x4.mul(a, sin)));
  }
  for (; i < half; i += 4) {
    const a = load<f32>(head + i),
      b = load<f32>(head + half + i);
    const cos = load<f32>(table + i),
      sin = load<f32>(table + half + i) * direction;
    store<f32>(head + i, a * cos - b * sin);
    store<f32>(head + half + i, b * cos + a * sin);
  }
}
