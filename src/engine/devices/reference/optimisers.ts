import type { AdamOp, DescendOp, TrainingDevice } from '../trainingDevice';
import { valuesOf } from './referenceMemory';

/** What turns gradients into new weights. */

export function sumOfSquares(op: Parameters<TrainingDevice['sumOfSquares']>[0]): void {
  let sum = 0;
  for (const value of valuesOf(op.x)) sum += value * value;
  valuesOf(op.out)[op.index] = sum;
}

/** m ← β₁m + (1 − β₁)g, v ← β₂v + (1 − β₂)g², w ← w − rate·m̂/(√v̂ + ε), m̂ and v̂ freed of their start at 0. */
export function adam(op: AdamOp): void {
  const [weight, gradient, mean, square] = [op.weight, op.gradient, op.mean, op.square].map(
    valuesOf,
  );
  const { beta1, beta2, rate, decay } = op;
  const decoupled = op.decayKind === 'decoupled';
  const meanScale = 1 / (1 - beta1 ** op.step);
  const squareScale = 1 / (1 - beta2 ** op.step);
  for (let i = 0; i < weight.length; i++) {
    const g = op.gradientScale * gradient[i] + (decoupled ? 0 : decay * weight[i]);
    mean[i] = beta1 * mean[i] + (1 - beta1) * g;
    square[i] = beta2 * square[i] + (1 - beta2) * g * g;
    if (decoupled) weight[i] -= rate * decay * weight[i];
    weight[i] -= (rate * meanScale * mean[i]) / (Math.sqrt(squareScale * square[i]) + op.epsilon);
  }
}

export function descend(op: DescendOp): void {
  const [weight, gradient] = [valuesOf(op.weight), valuesOf(op.gradient)];
  const velocity = op.velocity === undefined ? undefined : valuesOf(op.velocity);
  for (let i = 0; i < weight.length; i++) {
    let move = op.gradientScale * gradient[i] + op.decay * weight[i];
    if (velocity !== undefined) move = velocity[i] = op.momentum * velocity[i] + move;
    weight[i] -= op.rate * move;
  }
}
