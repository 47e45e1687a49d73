import type { ProductOp, TrainingDevice } from '../trainingDevice';
import { openView, valuesOf } from './referenceMemory';

/** Products of arrays, sums of columns and rows of tables: a linear layer and an embedding, forward and backward. */

/** out[r, c] = Σ_k A[r, k]·B[k, c] + what it starts from. */
export function product(op: ProductOp): void {
  const [a, b, out] = [openView(op.a), openView(op.b), openView(op.out)];
  const [aRow, aDepth] = op.transposed === 'a' ? [1, a.stride] : [a.stride, 1];
  const [bColumn, bDepth] = op.transposed === 'b' ? [b.stride, 1] : [1, b.stride];
  const row = typeof op.plus === 'object' ? valuesOf(op.plus) : undefined;
  for (let r = 0; r < op.rows; r++) {
    for (let c = 0; c < op.columns; c++) {
      const target = out.offset + r * out.stride + c;
      let sum = op.plus === 'out' ? out.values[target] : (row?.[c] ?? 0);
      for (let k = 0; k < op.depth; k++) {
        const left = a.values[a.offset + r * aRow + k * aDepth];
        sum += left * b.values[b.offset + c * bColumn + k * bDepth];
      }
      out.values[target] = sum;
    }
  }
}

export function columnSums(op: Parameters<TrainingDevice['columnSums']>[0]): void {
  const [x, sums] = [valuesOf(op.x), valuesOf(op.sums)];
  for (let t = 0; t < op.rows; t++) {
    for (let c = 0; c < op.columns; c++) sums[c] += x[t * op.columns + c];
  }
}

export function gatherRows(op: Parameters<TrainingDevice['gatherRows']>[0]): void {
  const { ids, columns } = op;
  const [table, out] = [valuesOf(op.table), valuesOf(op.out)];
  for (let t = 0; t < ids.length; t++) {
    for (let c = 0; c < columns; c++) out[t * columns + c] = table[ids[t] * columns + c];
  }
}

export function scatterRows(op: Parameters<TrainingDevice['scatterRows']>[0]): void {
  const { ids, columns } = op;
  const [table, dOut] = [valuesOf(op.table), valuesOf(op.dOut)];
  for (let t = 0; t < ids.length; t++) {
    for (let c = 0; c < columns; c++) table[ids[t] * columns + c] += dOut[t * columns + c];
  }
}
