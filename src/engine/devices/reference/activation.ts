import type { Activation } from '../../../protocol/modelConfig';
import type { Device } from '../device';
import { valuesOf } from './referenceMemory';

/** The non-linearity of the feed-forward network, elementwise. */
export function activate(op: Parameters<Device['activation']>[0]): void {
  const [x, out] = [valuesOf(op.x), valuesOf(op.out)];
  const nonLinearity = nonLinearities[op.kind];
  for (let i = 0; i < op.length; i++) out[i] = nonLinearity(x[i]);
}

const nonLinearities: Record<Activation, (x: number) => number> = {
  gelu_new: geluNew,
  gelu: (x) => 0.5 * x * (1 + erf(x / Math.SQRT2)),
  relu: (x) => Math.max(0, x),
  /** Of the gated pair this is the gate's part; the product with the other half is a `multiply`. */
  silu_gated: (x) => x / (1 + Math.exp(-x)),
  identity: (x) => x,
  none: (x) => x,
};

/** GELU with tanh for erf, as GPT-2 was trained (Hendrycks & Gimpel 2016, section 2). */
function geluNew(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

/**
 * erf x = 2/√π·e^(−x²)·Σ 2ⁿx^(2n+1)/(2n+1)!! (Abramowitz & Stegun 1964, 7.1.6). All terms have one sign, so nothing
 * cancels. Beyond 6 the difference from ±1 is below float64.
 */
export function erf(x: number): number {
  if (Math.abs(x) > 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * Number.EPSILON; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
