import type { Activation } from '../../protocol/modelConfig';
import type { Device, DeviceArray, View } from './device';

/**
 * The second half of the op table: what training needs beside the forward operations. Weights that learn are plain arrays
 * in file order, for they change with every step; gradients have the shapes of what they belong to.
 *
 * `d` before a name is the derivative of the loss by that array. Where nothing else is said, a gradient of an
 * activation replaces what its array held, and a gradient of a weight is added to it.
 */
export interface TrainingDevice extends Device {
  /** Sets every element to 0. */
  clear(array: DeviceArray): void;

  /** out[rows, columns] = A·B, plus a bias row or what `out` held. All four products of a linear layer are this one. */
  product(op: ProductOp): void;
  /** sums[c] += Σ_t x[t, c]: the gradient of a bias. */
  columnSums(op: { x: DeviceArray; sums: DeviceArray; rows: number; columns: number }): void;
  /** out[t, :] = table[ids[t], :]. */
  gatherRows(op: RowsOp & { out: DeviceArray }): void;
  /** table[ids[t], :] += dOut[t, :]: the gradient of `gatherRows`; an id that comes twice adds twice. */
  scatterRows(op: RowsOp & { dOut: DeviceArray }): void;

  /** Gradients of `norm`, from its input `x`. */
  normBackward(op: NormBackwardOp): void;
  /** dx = dOut ∘ f′(x); `dx` may be `dOut`. Relu has derivative 0 at 0. */
  activationBackward(op: {
    kind: Activation;
    x: DeviceArray;
    dOut: DeviceArray;
    dx: DeviceArray;
    length: number;
  }): void;
  /** Gradient of `rotary`, in place: a rotation the other way. */
  rotaryBackward(op: Parameters<Device['rotary']>[0]): void;

  /**
   * Attention of a batch of sequences of one length (Vaswani et al. 2017, eq. 1), causal unless `mask` is `none`. `fused` holds queries, keys and
   * values side by side, [B·T, (H + 2·Hkv)·D]; the pattern [B, H, T, T] is kept for the way back and is exactly 0 where
   * the mask hides; out[B·T, H·D].
   */
  attention(op: AttentionOp & { out: DeviceArray }): void;
  /** dFused from dOut, both shaped as in `attention`; `pattern` is what `attention` left. */
  attentionBackward(op: AttentionOp & { dOut: DeviceArray; dFused: DeviceArray }): void;

  /**
   * Cross-entropy in nats and its gradient in one go. losses[offset + t] = −log softmax(logits[t, :])[targets[t]], and
   * the logits become scale·(softmax − one-hot). A target of −1 is not scored: its loss and its row are 0.
   */
  crossEntropy(op: {
    logits: DeviceArray;
    targets: Int32Array;
    columns: number;
    scale: number;
    losses: DeviceArray;
    offset: number;
  }): void;

  /** out[index] = Σ x². */
  sumOfSquares(op: { x: DeviceArray; out: DeviceArray; index: number }): void;
  /** One step of Adam (Kingma & Ba 2015, algorithm 1), with decoupled decay as in AdamW (Loshchilov & Hutter 2019). */
  adam(op: AdamOp): void;
  /** One step of gradient descent; with a velocity v ← momentum·v + g, w ← w − rate·v (Sutskever et al. 2013). */
  descend(op: DescendOp): void;
}

export interface ProductOp {
  /** [rows, depth], or [depth, rows] when transposed. */
  readonly a: View;
  /** [depth, columns], or [columns, depth] when transposed. */
  readonly b: View;
  /** Which operand lies transposed. */
  readonly transposed?: 'a' | 'b';
  readonly out: View;
  readonly rows: number;
  readonly columns: number;
  readonly depth: number;
  /** A row [columns] that every row of the product starts from, or `out`, to which the product is added. */
  readonly plus?: DeviceArray | 'out' | undefined;
}

export interface RowsOp {
  readonly ids: Int32Array;
  /** [rows, columns] */
  readonly table: DeviceArray;
  readonly columns: number;
}

export interface NormBackwardOp {
  readonly kind: 'layer' | 'rms';
  /** What was normalised, [rows, columns]. */
  readonly x: DeviceArray;
  readonly weight: DeviceArray;
  readonly dOut: DeviceArray;
  /** May be `dOut`, unless added to. */
  readonly dx: DeviceArray;
  readonly into: 'replace' | 'add';
  readonly dWeight: DeviceArray;
  /** Absent for RMSNorm. */
  readonly dBias?: DeviceArray | undefined;
  readonly rows: number;
  readonly columns: number;
  readonly epsilon: number;
}

export interface AttentionOp {
  readonly fused: DeviceArray;
  readonly pattern: DeviceArray;
  readonly shape: BatchShape;
  readonly scale: number;
  /** `none`: every query sees every position. Absent for `causal`. */
  readonly mask?: 'causal' | 'none' | undefined;
}

export interface BatchShape {
  readonly batch: number;
  /** Positions of each sequence, T. */
  readonly length: number;
  readonly heads: number;
  readonly keyHeads: number;
  readonly headSize: number;
}

interface UpdateOp {
  readonly weight: DeviceArray;
  readonly gradient: DeviceArray;
  readonly rate: number;
  readonly decay: number;
  /** Factor on the gradient before anything else: what clipping asks for. */
  readonly gradientScale: number;
}

export interface AdamOp extends UpdateOp {
  /** Running means of the gradient and of its square. */
  readonly mean: DeviceArray;
  readonly square: DeviceArray;
  /** `decoupled`: w shrinks by rate·decay; `gradient`: decay·w is added to the gradient. */
  readonly decayKind: 'decoupled' | 'gradient';
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  /** Counts from 1. */
  readonly step: number;
}

export interface DescendOp extends UpdateOp {
  readonly momentum: number;
  readonly velocity?: DeviceArray | undefined;
}
