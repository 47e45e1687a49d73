import type { NormBackwardOp } from '../trainingDevice';
import { mean, meanSquare } from './norm';
import { valuesOf } from './referenceMemory';

/**
 * Gradients of a norm. With h = (x − centre)·scale and g = dOut ∘ weight,
 *
 * - `layer`: dx = scale·(g − mean(g) − h·mean(g ∘ h)) (Ioffe & Szegedy 2015, section 3, over a row instead of a batch);
 * - `rms`: dx = scale·(g − h·mean(g ∘ h)), for nothing is centred;
 *
 * and dWeight += Σ dOut ∘ h, dBias += Σ dOut over the rows.
 */
export function normBackward(op: NormBackwardOp): void {
  const { columns } = op;
  const [x, weight, dOut, dx] = [op.x, op.weight, op.dOut, op.dx].map(valuesOf);
  const dWeight = valuesOf(op.dWeight);
  const dBias = op.dBias === undefined ? undefined : valuesOf(op.dBias);
  for (let row = 0; row < op.rows; row++) {
    const start = row * columns;
    const values = x.subarray(start, start + columns);
    const centre = op.kind === 'layer' ? mean(values) : 0;
    const scale = 1 / Math.sqrt(meanSquare(values, centre) + op.epsilon);
    const h = values.map((value) => (value - centre) * scale);
    const g = weight.map((w, c) => w * dOut[start + c]);
    const meanG = op.kind === 'layer' ? mean(g) : 0;
    const meanGh = mean(g.map((value, c) => value * h[c]));
    for (let c = 0; c < columns; c++) {
      dWeight[c] += dOut[start + c] * h[c];
      if (dBias !== undefined) dBias[c] += dOut[start + c];
      const before = op.into === 'add' ? dx[start + c] : 0;
      dx[start + c] = before + scale * (g[c] - meanG - h[c] * meanGh);
    }
  }
}
