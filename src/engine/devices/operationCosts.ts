/**
 * What each operation of the op table takes, counted from its shapes: floating-point operations as its formula has them
 * and bytes of operands and results in float32, each moved once. A kernel may do less (under the causal mask half of the
 * products of a mix are with zeros) or move more (what does not fit a cache); that shows as a rate beyond or below the
 * machine's.
 */
import type { Activation } from '../../protocol/modelConfig';
import type { OperationCost } from '../../protocol/timings';
import type { AttentionShape, Device, LinearOp, NormOp } from './device';

type Op<Name extends keyof Device> = Device[Name] extends (op: infer Only) => void ? Only : never;

/** 2·T·I·O: sums begin with the bias, or with 0; x, W, b and out. */
export function linearCost({ rows, weight, bias }: LinearOp): OperationCost {
  const { inputs, outputs } = weight;
  const biased = bias === undefined ? 0 : 1;
  return {
    flops: 2 * rows * inputs * outputs,
    bytes: 4 * (rows * inputs + inputs * outputs + biased * outputs + rows * outputs),
  };
}

/** 2·T·H·D·C. */
export function linearPerHeadCost(op: Op<'linearPerHead'>): OperationCost {
  const { rows, heads, headSize } = op;
  const { outputs } = op.weight;
  const inputs = heads * headSize;
  return {
    flops: 2 * rows * inputs * outputs,
    bytes: 4 * (rows * inputs + inputs * outputs + rows * heads * outputs),
  };
}

/** Rows read and written, and their ids. */
export function gatherCost({ ids, table }: Op<'gather'>): OperationCost {
  return { flops: 0, bytes: 4 * (ids.length + 2 * ids.length * table.inputs) };
}

/** One operation an element; two operands and a result. */
export function elementwiseCost({ length }: { readonly length: number }): OperationCost {
  return { flops: length, bytes: 12 * length };
}

/**
 * An element of LayerNorm: 1 for the mean, 3 for the variance, 4 for centre, scale, weight and bias; of RMSNorm 2 for the
 * squares, 2 for scale and weight.
 */
export function normCost({ kind, rows, columns, bias }: NormOp): OperationCost {
  const perElement = kind === 'layer' ? 8 : 4;
  const vectors = bias === undefined ? 1 : 2;
  return {
    flops: perElement * rows * columns,
    bytes: 4 * (2 * rows * columns + vectors * columns),
  };
}

/** Per element, by the formulas of reference/activation.ts. */
const activationFlops: Readonly<Record<Activation, number>> = {
  gelu_new: 9,
  gelu: 5,
  relu: 1,
  silu_gated: 4,
  identity: 0,
  none: 0,
};

export function activationCost({ kind, length }: Op<'activation'>): OperationCost {
  return { flops: activationFlops[kind] * length, bytes: 8 * length };
}

/** Four products and two sums for each pair. */
export function rotaryCost({ rows, heads, headSize }: Op<'rotary'>): OperationCost {
  const length = rows * heads * headSize;
  return { flops: 3 * length, bytes: 8 * length };
}

/** 2·H·Q·K·D, and H·Q·K for the scale; q, k and the scores. */
export function scoresCost({ shape }: Op<'attentionScores'>): OperationCost {
  const cells = cellsOf(shape);
  return { flops: (2 * shape.headSize + 1) * cells, bytes: 4 * (rowsOf(shape) + cells) };
}

/** Of each cell that is seen: largest, difference, exponential, sum, quotient; masked cells are written only. */
export function patternCost({ shape, past, mask }: Op<'attentionPattern'>): OperationCost {
  const { heads, queries, keys } = shape;
  let seen = 0;
  if (mask !== undefined) seen = mask.reduce((sum, sees) => sum + (sees === 0 ? 0 : 1), 0);
  else for (let query = 0; query < queries; query++) seen += Math.min(keys, past + query + 1);
  return { flops: 5 * heads * seen, bytes: 4 * (heads * seen + cellsOf(shape)) };
}

/** 2·H·Q·K·D; the pattern, v and z. */
export function mixCost({ shape }: Op<'attentionMix'>): OperationCost {
  const cells = cellsOf(shape);
  return { flops: 2 * shape.headSize * cells, bytes: 4 * (rowsOf(shape) + cells) };
}

/** Numbers read and written again. */
export function copyCost(length: number): OperationCost {
  return { flops: 0, bytes: 8 * length };
}

/** Numbers written only: zeros. */
export function clearCost(length: number): OperationCost {
  return { flops: 0, bytes: 4 * length };
}

function cellsOf({ heads, queries, keys }: AttentionShape): number {
  return heads * queries * keys;
}

/** Elements of one array of queries and one of keys or values. */
function rowsOf({ heads, keyHeads, headSize, queries, keys }: AttentionShape): number {
  return queries * heads * headSize + keys * keyHeads * headSize;
}
