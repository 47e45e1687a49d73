import type { Activation } from '../../protocol/modelConfig';
import type { DeviceName } from '../../protocol/devices';

/**
 * The one op table that every device implements: what a decoder-only transformer needs to run forward.
 *
 * Arrays are row-major. Operations are issued in order and may still be running when they return; only `read` waits.
 * Nothing is bounds-checked in a kernel: the decoder is the one caller and checks sizes when it is built.
 */
export interface Device {
  readonly name: DeviceName;
  /** How many numbers an array may hold; absent where memory alone sets a limit. */
  readonly mostNumbers?: number | undefined;

  /** `length` zeros. The device owns the memory until `free`. */
  allocate(length: number): DeviceArray;
  free(array: DeviceArray): void;
  /** Copies values in, at an offset in elements. */
  write(target: DeviceArray, offset: number, values: Float32Array): void;
  /** A copy that the caller owns, of `length` elements from `offset` (default: all). */
  read(source: DeviceArray, offset?: number, length?: number): Promise<Values>;
  /** Copies `rows` rows of `columns` elements between views. */
  copyRows(op: { source: View; target: View; rows: number; columns: number }): void;

  /**
   * A matrix that stays on the device, in whatever order its kernels like, filled from chunks in file order.
   * The element at (input i, output o) is at i·outputs + o in layout `in-out` and at o·inputs + i in `out-in`.
   */
  matrix(shape: MatrixShape, chunks: Chunks): Promise<Matrix>;
  freeMatrix(matrix: Matrix): void;
  /** Values [inputs] of one output, or, in layout `out-in`, row `output` of an embedding table. */
  readColumn(matrix: Matrix, output: number): Promise<Values>;

  /** out[t, :] = row ids[t] of an `out-in` matrix (an embedding table [V, C]): [T, C]. */
  gather(op: { ids: Int32Array; table: Matrix; out: DeviceArray }): void;
  /** out[t, :] = x[t, :]·W + b: [rows, inputs]·[inputs, outputs] → [rows, outputs]. */
  linear(op: LinearOp): void;
  /**
   * Each head's own share of the output projection: out[t, h, :] = z[t, h, :]·W[hD … hD + D, :], no bias: [T, H, C].
   */
  linearPerHead(op: {
    z: DeviceArray;
    weight: Matrix;
    out: DeviceArray;
    rows: number;
    heads: number;
    headSize: number;
  }): void;
  /** Elementwise out = a + b; `out` may be `a` or `b`. */
  add(op: { a: DeviceArray; b: DeviceArray; out: DeviceArray; length: number }): void;
  /** Elementwise out = a ∘ b; `out` may be `a` or `b`. */
  multiply(op: { a: DeviceArray; b: DeviceArray; out: DeviceArray; length: number }): void;
  /**
   * LayerNorm (Ba et al. 2016, eq. 4; biased variance) or RMSNorm (Zhang & Sennrich 2019, eq. 4) of each row, then
   * weight and bias.
   */
  norm(op: NormOp): void;
  /** The non-linearity of the feed-forward network, elementwise; `out` may be `x`. Finite for any finite x. */
  activation(op: { kind: Activation; x: DeviceArray; out: DeviceArray; length: number }): void;
  /** Rotates pairs (d, d + D/2) of each head by position·base^(−2d/D) in place (Su et al. 2021, eq. 34). */
  rotary(op: {
    x: View;
    rows: number;
    heads: number;
    headSize: number;
    start: number;
    base: number;
  }): void;

  /** scores[h, q, k] = scale·Σ_d queries[q, h, d]·keys[k, h′, d], h′ = the key head of h; all k, later ones too. */
  attentionScores(op: {
    queries: View;
    keys: View;
    out: DeviceArray;
    shape: AttentionShape;
    scale: number;
  }): void;
  /**
   * pattern[h, q, :] = softmax over the keys that q may see. Without `mask` these are k ≤ q + past (causal); with it
   * those whose byte mask[q, k] is not 0. Masked cells are exactly 0. A row that sees nothing is all 0.
   */
  attentionPattern(op: {
    scores: DeviceArray;
    out: DeviceArray;
    shape: AttentionShape;
    past: number;
    mask?: Uint8Array | undefined;
  }): void;
  /** out[q, h, d] = Σ_k pattern[h, q, k]·values[k, h′, d]: [Q, H, D]. */
  attentionMix(op: {
    pattern: DeviceArray;
    values: View;
    out: DeviceArray;
    shape: AttentionShape;
  }): void;

  /** Releases everything. */
  dispose(): void;
}

/** A block of numbers on a device. What is inside is the device's business. */
export interface DeviceArray {
  readonly length: number;
}

/** Rows inside an array: row r starts at offset + r·stride. */
export interface View {
  readonly array: DeviceArray;
  readonly offset: number;
  readonly stride: number;
}

export interface MatrixShape {
  readonly inputs: number;
  readonly outputs: number;
  readonly layout: 'in-out' | 'out-in';
}

export interface Matrix extends MatrixShape {
  readonly device: DeviceName;
}

/** Parts of a tensor in any order that together cover it: values from element `offset` on. */
export type Chunks = AsyncIterable<{ readonly offset: number; readonly values: Float32Array }>;

/** float32 on devices, float64 on the reference. */
export type Values = Float32Array | Float64Array;

export interface LinearOp {
  readonly x: DeviceArray;
  /** First element of x that is read; default 0. */
  readonly xOffset?: number;
  readonly weight: Matrix;
  readonly bias?: DeviceArray | undefined;
  readonly out: DeviceArray;
  readonly rows: number;
}

export interface NormOp {
  readonly kind: 'layer' | 'rms';
  readonly x: DeviceArray;
  readonly weight: DeviceArray;
  /** Absent for RMSNorm. */
  readonly bias?: DeviceArray | undefined;
  readonly out: DeviceArray;
  readonly rows: number;
  readonly columns: number;
  readonly epsilon: number;
}

export interface AttentionShape {
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
  readonly queries: number;
  readonly keys: number;
}
