/** The exports of kernels/index.ts that training adds; see `Kernels`. Strides here are bytes. */
export interface TrainingKernels {
  multiplyAny(
    rows: number,
    columns: number,
    depth: number,
    a: number,
    aRow: number,
    aDepth: number,
    b: number,
    bStride: number,
    transposed: number,
    c: number,
    cStride: number,
    scale: number,
    accumulate: number,
    bias: number,
    scratch: number,
  ): void;
  columnSums(rows: number, columns: number, x: number, stride: number, sums: number): void;
  gatherRows(count: number, columns: number, ids: number, table: number, out: number): void;
  scatterRows(count: number, columns: number, ids: number, table: number, dOut: number): void;
  layerNormGradient: NormGradientKernel;
  rmsNormGradient: NormGradientKernel;
  geluNewGradient: SlopeKernel;
  geluGradient: SlopeKernel;
  siluGradient: SlopeKernel;
  reluGradient: SlopeKernel;
  causalAttention(
    batch: number,
    length: number,
    heads: number,
    keyHeads: number,
    headSize: number,
    fused: number,
    pattern: number,
    out: number,
    ahead: number,
    scale: number,
    scratch: number,
  ): void;
  causalAttentionGradient(
    batch: number,
    length: number,
    heads: number,
    keyHeads: number,
    headSize: number,
    fused: number,
    pattern: number,
    dOut: number,
    dFused: number,
    room: number,
    ahead: number,
    scale: number,
    scratch: number,
  ): void;
  gradientRoomBytes(length: number): number;
  crossEntropy(
    rows: number,
    columns: number,
    logits: number,
    targets: number,
    losses: number,
    scale: number,
  ): void;
  sumOfSquares(count: number, x: number, out: number): void;
  adam(
    count: number,
    weight: number,
    gradient: number,
    mean: number,
    square: number,
    rate: number,
    beta1: number,
    beta2: number,
    epsilon: number,
    correction: number,
    shrink: number,
    penalty: number,
    scale: number,
  ): void;
  descend(
    count: number,
    weight: number,
    gradient: number,
    velocity: number,
    rate: number,
    kept: number,
    decay: number,
    scale: number,
  ): void;
}

// The parameters are those of the compiled module, which has numbers only.
/* eslint-disable @typescript-eslint/max-params */
export type SlopeKernel = (x: number, dOut: number, dx: number, count: number) => void;
type NormGradientKernel = (
  rows: number,
  columns: number,
  x: number,
  weight: number,
  dOut: number,
  dx: number,
  into: number,
  dWeight: number,
  dBias: number,
  epsilon: number,
) => void;
/* eslint-enable @typescript-eslint/max-params */
