// Attention of a batch of sequences (Vaswani et al. 2017, eq. 1), forward beside backward, in tiles of queries: a
// tile leaves out the keys behind its last query, which is nearly half of the work.
import { multiply, multiplyByTransposed, multiplyTransposed } from './gemm';
import { softmaxCausal, softmaxGradient } from './softmax';

/** Queries in a tile. */
@inline
const tileRows: i32 = 32;

/**
 * `fused` [batch·length, (heads + 2·keyHeads)·size] holds queries, keys and values side by side; pattern [batch, heads,
 * length, length] is left for the way back; out [batch·length, heads·size]. A query sees itself, all before it, and as
 * many as `ahead` behind it.
 */
export function causalAttention(
  batch: i32,
  length: i32,
  heads: i32,
  keyHeads: i32,
  size: i32,
  fused: usize,
  pattern: usize,
  out: usize,
  ahead: i32,
  scale: f32,
  scratch: usize,
): void {
  const stride = (<usize>((heads + 2 * keyHeads) * size)) << 2;
  const outStride = (<usize>(heads * size)) << 2;
  const rowBytes = (<usize>length) << 2;
  for (let b = 0; b < batch; b++, fused += stride * length, out += outStride * length) {
    for (let h = 0; h < heads; h++, pattern += rowBytes * length) {
      const q = fused + ((<usize>(h * size)) << 2);
      const k = fused + keyOffset(heads, keyHeads, size, h);
      const v = k + ((<usize>(keyHeads * size)) << 2);
      const z = out + ((<usize>(h * size)) << 2);
      for (let i = 0; i < length; i += tileRows) {
        const rows = min(tileRows, length - i);
        const keys = min(length, i + rows + ahead);
        const weights = pattern + <usize>i * rowBytes;
        const queries = q + <usize>i * stride;
        const mixed = z + <usize>i * outStride;
        multiplyByTransposed(
          rows,
          keys,
          size,
          queries,
          stride,
          k,
          stride,
          weights,
          rowBytes,
          scale,
          scratch,
        );
        softmaxCausal(1, rows, length, i + ahead, weights, weights);
        multiply(
          rows,
          size,
          keys,
          weights,
          rowBytes,
          v,
          stride,
          mixed,
          outStride,
          1,
          false,
          scratch,
        );
      }
    }
  }
}

/**
 * dFused from dOut. With P the pattern: dV = Pᵀ·dOut, dP = dOut·Vᵀ, dS = P ∘ (dP − Σ P ∘ dP), dQ = scale·dS·K and
 * dK = scale·dSᵀ·Q, summed over tiles and over the heads that share a key head. `room` is `gradientRoomBytes` long.
 */
export function causalAttentionGradient(
  batch: i32,
  length: i32,
  heads: i32,
  keyHeads: i32,
  size: i32,
  fused: usize,
  pattern: usize,
  dOut: usize,
  dFused: usize,
  room: usize,
  ahead: i32,
  scale: f32,
  scratch: usize,
): void {
  const stride = (<usize>((heads + 2 * keyHeads) * size)) << 2;
  const outStride = (<usize>(heads * size)) << 2;
  const rowBytes = (<usize>length) << 2;
  memory.fill(dFused, 0, stride * batch * length);
  for (let b = 0; b < batch; b++) {
    for (let h = 0; h < heads; h++, pattern += rowBytes * length) {
      const own = (<usize>(h * size)) << 2;
      const key = keyOffset(heads, keyHeads, size, h);
      const value = key + ((<usize>(keyHeads * size)) << 2);
      for (let i = 0; i < length; i += tileRows) {
        const rows = min(tileRows, length - i);
        const keys = min(length, i + rows + ahead);
        const weights = pattern + <usize>i * rowBytes;
        const from = <usize>i * stride + own;
        const dy = dOut + <usize>i * outStride + own;
        multiplyByTransposed(
          rows,
          keys,
          size,
          dy,
          outStride,
          fused + value,
          stride,
          room,
          rowBytes,
          1,
          scratch,
        );
        multiplyTransposed(
          keys,
          size,
          rows,
          weights,
          rowBytes,
          dy,
          outStride,
          dFused + value,
          stride,
          1,
          true,
          scratch,
        );
        softmaxGradient(rows, keys, rowBytes, weights, room, room);
        multiply(
          rows,
          size,
          keys,
          room,
          rowBytes,
          fused + key,
          stride,
          dFused + from,
          stride,
          scale,
          false,
          scratch,
        );
        multiplyTransposed(
          keys,
          size,
          rows,
          room,
          rowBytes,
          fused + from,
          stride,
          dFused + key,
          stride,
          scale,
          true,
          scratch,
        );
      }
    }
    const dKeys = dFused + ((<usize>(heads * size)) << 2);
    settleKeys(length, keyHeads * size, dKeys, stride, room);
    fused += stride * length;
    dFused += stride * length;
    dOut += outStride * length;
  }
}

/**
 * Makes Σ_k dK[k, :] exactly 0, as it is in real numbers: a shift of all keys moves all scores of a query alike, and
 * softmax does not see that. Otherwise rounding errors would be all that a key bias gets, and Adam, which divides by the
 * size of the gradient, would take them for a direction. The error goes to the smallest term of each column: the sum is
 * a multiple of that term's last place, so that the difference is exact.
 */
function settleKeys(length: i32, columns: i32, dKeys: usize, stride: usize, room: usize): void {
  for (let c = 0; c < columns; c += 4, dKeys += 16) {
    let low = f64x2.splat(0);
    let high = low;
    let smallest = f32x4.splat(Infinity);
    let place = i32x4.splat(0);
    let p = dKeys;
    for (let k = 0; k < length; k++, p += stride) {
      const v = v128.load(p);
      const size = f32x4.abs(v);
      const smaller = f32x4.lt(size, smallest);
      smallest = v128.bitselect(size, smallest, smaller);
      place = v128.bitselect(i32x4.splat(k), place, smaller);
      low = f64x2.add(low, f64x2.promote_low_f32x4(v));
      high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<f32>(v, v, 2, 3, 0, 1)));
    }
    v128.store(room, low);
    v128.store(room, high, 16);
    v128.store(room, place, 32);
    for (let i: usize = 0; i < <usize>min(4, columns - c); i++) {
      const cell = dKeys + <usize>load<i32>(room + (i << 2), 32) * stride + (i << 2);
      store<f32>(cell, <f32>(<f64>load<f32>(cell) - load<f64>(room + (i << 3))));
    }
  }
}

/** Bytes that `causalAttentionGradient` needs to work in. */
export function gradientRoomBytes(length: i32): usize {
  return <usize>(tileRows * length * 4);
}

/** Bytes from a row of `fused` to the key that query head `h` reads. */
@inline
function keyOffset(heads: i32, keyHeads: i32, size: i32, h: i32): usize {
  return (<usize>((heads + h / (heads / keyHeads)) * size)) << 2;
}
