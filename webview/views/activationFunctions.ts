/**
 * The non-linearities of the feed-forward network in float64, for the curve and for writing a neuron out.
 * What a neuron is comes from the engine; these only explain it.
 */
import type { Activation } from '../../src/protocol/modelConfig';
import type { FormulaName } from '../formula';
import type { LedgerLine } from '../picture/ledger';

export interface ActivationFunction {
  /** Its name as the literature writes it. */
  readonly name: string;
  readonly formula: FormulaName;
  readonly of: (x: number) => number;
  /** The calculation from x to the line before the result. */
  readonly lines: (x: number) => readonly LedgerLine[];
  /** The last line's label, such as x ⁄ 2 · (1 + tanh). */
  readonly result: string;
}

/** undefined where the neuron is not a function of one number: gated networks, and none at all. */
export function activationFunction(activation: Activation): ActivationFunction | undefined {
  switch (activation) {
    case 'gelu_new':
      return geluNew;
    case 'gelu':
      return gelu;
    case 'relu':
      return relu;
    case 'identity':
      return identity;
    case 'silu_gated':
    case 'none':
      return undefined;
  }
}

const cubic = 0.044715;
const scale = Math.sqrt(2 / Math.PI);

/** Hendrycks & Gimpel 2016, “Gaussian Error Linear Units”, section 2, the tanh form that GPT-2 uses. */
const geluNew: ActivationFunction = {
  name: 'GELU',
  formula: 'geluNew',
  of: (x) => (x / 2) * (1 + Math.tanh(scale * (x + cubic * x ** 3))),
  lines: (x) => {
    const inner = x + cubic * x ** 3;
    return [
      { label: 'x', value: x },
      { label: 'x + 0.0447·x³', value: inner },
      { label: '× 0.7979', value: scale * inner },
      { label: 'tanh', value: Math.tanh(scale * inner) },
    ];
  },
  result: 'x ⁄ 2 · (1 + tanh)',
};

/** The same paper's definition, x·Φ(x). */
const gelu: ActivationFunction = {
  name: 'GELU',
  formula: 'gelu',
  of: (x) => (x / 2) * (1 + erf(x / Math.SQRT2)),
  lines: (x) => [
    { label: 'x', value: x },
    { label: 'x ⁄ √2', value: x / Math.SQRT2 },
    { label: 'erf', value: erf(x / Math.SQRT2) },
  ],
  result: 'x ⁄ 2 · (1 + erf)',
};

const relu: ActivationFunction = {
  name: 'ReLU',
  formula: 'relu',
  of: (x) => Math.max(0, x),
  lines: (x) => [{ label: 'x', value: x }],
  result: 'max(0, x)',
};

const identity: ActivationFunction = {
  name: 'φ(x) = x',
  formula: 'identity',
  of: (x) => x,
  lines: (x) => [{ label: 'x', value: x }],
  result: 'x',
};

/**
 * The error function to float64 precision: 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) ⁄ (1·3·…·(2n+1)), whose terms are all of one
 * sign (Abramowitz & Stegun 7.1.6). From |x| = 6 on it is ±1 in float64.
 */
export function erf(x: number): number {
  if (Math.abs(x) >= 6) return Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > Math.abs(sum) * 1e-17 && n < 300; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}
