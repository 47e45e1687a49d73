import type { Activation } from '../../../protocol/modelConfig';
import type { TrainingDevice } from '../trainingDevice';
import { erf } from './activation';
import { valuesOf } from './referenceMemory';

/** dx = dOut ∘ f′(x). */
export function activateBackward(op: Parameters<TrainingDevice['activationBackward']>[0]): void {
  const [x, dOut, dx] = [valuesOf(op.x), valuesOf(op.dOut), valuesOf(op.dx)];
  const slope = slopes[op.kind];
  for (let i = 0; i < op.length; i++) dx[i] = dOut[i] * slope(x[i]);
}

const slopes: Record<Activation, (x: number) => number> = {
  gelu_new: geluNewSlope,
  /** (x·Φ(x))′ = Φ(x) + x·φ(x). */
  gelu: (x) =>
    0.5 * (1 + erf(x / Math.SQRT2)) + (x * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI),
  relu: (x) => (x > 0 ? 1 : 0),
  silu_gated: siluSlope,
  identity: () => 1,
  none: () => 1,
};

/** With u = √(2/π)·(x + 0.044715·x³): ½(1 + tanh u) + ½x·(1 − tanh² u)·u′. */
function geluNewSlope(x: number): number {
  const tanh = Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3));
  const slope = Math.sqrt(2 / Math.PI) * (1 + 3 * 0.044715 * x * x);
  return 0.5 * (1 + tanh) + 0.5 * x * (1 - tanh * tanh) * slope;
}

/** (x·σ)′ = σ + x·σ·(1 − σ). */
function siluSlope(x: number): number {
  const sigmoid = 1 / (1 + Math.exp(-x));
  return sigmoid + x * sigmoid * (1 - sigmoid);
}
