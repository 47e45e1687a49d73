// The innermost loops of the matrix product: a tile of 5, 4 or 2 rows by 8 columns is held in registers.
// Five rows leave just enough registers for the operands: a fifth faster than four. With six, V8 spills, which takes half
// as long again.
//
// Every tile computes C = init + A·B over `depth`, with A packed as [depth][rows] and B as half of a panel [depth][16].
// Row r of C is at c + r·cStride, row r of init at init + r·initStride (bytes); init may be C itself.
import { multiplyAdd } from './vector';

export function tile5(
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  cStride: usize,
  init: usize,
  initStride: usize,
): void {
  let c00 = v128.load(init),
    c01 = v128.load(init, 16);
  init += initStride;
  let c10 = v128.load(init),
    c11 = v128.load(init, 16);
  init += initStride;
  let c20 = v128.load(init),
    c21 = v128.load(init, 16);
  init += initStride;
  let c30 = v128.load(init),
    c31 = v128.load(init, 16);
  init += initStride;
  let c40 = v128.load(init),
    c41 = v128.load(init, 16);
  const end = a + <usize>depth * 20;
  while (a < end) {
    const b0 = v128.load(b),
      b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    c00 = multiplyAdd(s, b0, c00);
    c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a, 4);
    c10 = multiplyAdd(s, b0, c10);
    c11 = multiplyAdd(s, b1, c11);
    s = v128.load32_splat(a, 8);
    c20 = multiplyAdd(s, b0, c20);
    c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a, 12);
    c30 = multiplyAdd(s, b0, c30);
    c31 = multiplyAdd(s, b1, c31);
    s = v128.load32_splat(a, 16);
    c40 = multiplyAdd(s, b0, c40);
    c41 = multiplyAdd(s, b1, c41);
    a += 20;
    b += 64;
  }
  storeRow(c, c00, c01);
  storeRow(c + cStride, c10, c11);
  storeRow(c + cStride * 2, c20, c21);
  storeRow(c + cStride * 3, c30, c31);
  storeRow(c + cStride * 4, c40, c41);
}

export function tile4(
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  cStride: usize,
  init: usize,
  initStride: usize,
): void {
  let c00 = v128.load(init),
    c01 = v128.load(init, 16);
  init += initStride;
  let c10 = v128.load(init),
    c11 = v128.load(init, 16);
  init += initStride;
  let c20 = v128.load(init),
    c21 = v128.load(init, 16);
  init += initStride;
  let c30 = v128.load(init),
    c31 = v128.load(init, 16);
  const end = a + <usize>depth * 16;
  while (a < end) {
    const b0 = v128.load(b),
      b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    c00 = multiplyAdd(s, b0, c00);
    c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a, 4);
    c10 = multiplyAdd(s, b0, c10);
    c11 = multiplyAdd(s, b1, c11);
    s = v128.load32_splat(a, 8);
    c20 = multiplyAdd(s, b0, c20);
    c21 = multiplyAdd(s, b1, c21);
    s = v128.load32_splat(a, 12);
    c30 = multiplyAdd(s, b0, c30);
    c31 = multiplyAdd(s, b1, c31);
    a += 16;
    b += 64;
  }
  storeRow(c, c00, c01);
  storeRow(c + cStride, c10, c11);
  storeRow(c + cStride * 2, c20, c21);
  storeRow(c + cStride * 3, c30, c31);
}

export function tile2(
  depth: i32,
  a: usize,
  b: usize,
  c: usize,
  cStride: usize,
  init: usize,
  initStride: usize,
): void {
  let c00 = v128.load(init),
    c01 = v128.load(init, 16);
  init += initStride;
  let c10 = v128.load(init),
    c11 = v128.load(init, 16);
  const end = a + <usize>depth * 8;
  while (a < end) {
    const b0 = v128.load(b),
      b1 = v128.load(b, 16);
    let s = v128.load32_splat(a);
    c00 = multiplyAdd(s, b0, c00);
    c01 = multiplyAdd(s, b1, c01);
    s = v128.load32_splat(a, 4);
    c10 = multiplyAdd(s, b0, c10);
    c11 = multiplyAdd(s, b1, c11);
    a += 8;
    b += 64;
  }
  storeRow(c, c00, c01);
  storeRow(c + cStride, c10, c11);
}

@inline
function storeRow(target: usize, left: v128, right: v128): void {
  v128.store(target, left);
  v128.store(target, right, 16);
}
