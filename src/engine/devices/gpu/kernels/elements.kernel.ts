// Elementwise operations; output [length].
import type { KernelThread, Numbers } from './kernelThread';

export function add(this: KernelThread, a: Numbers, b: Numbers): number {
  return a[this.thread.x] + b[this.thread.x];
}

export function multiply(this: KernelThread, a: Numbers, b: Numbers): number {
  return a[this.thread.x] * b[this.thread.x];
}

/** The tanh form of GELU (Hendrycks & Gimpel 2016), as x·σ(2u), which overflows nowhere. */
export function geluNew(this: KernelThread, x: Numbers): number {
  const value = x[this.thread.x];
  const bounded = Math.max(-20, Math.min(20, value));
  const u = 0.7978845608028654 * (bounded + 0.044715 * bounded * bounded * bounded);
  return value / (1 + Math.exp(Math.min(80, -2 * u)));
}

/** x·Φ(x), with the error function of Abramowitz & Stegun, formula 7.1.26: off by at most 1.5e-7. */
export function gelu(this: KernelThread, x: Numbers): number {
  const value = x[this.thread.x];
  const z = Math.min(9, Math.abs(value) * 0.7071067811865476);
  const t = 1 / (1 + 0.3275911 * z);
  const inner = t * (1.421413741 + t * (-1.453152027 + t * 1.061405429));
  const tail = t * (0.254829592 + t * (-0.284496736 + inner)) * Math.exp(-(z * z));
  if (value < 0) {
    return 0.5 * value * tail;
  }
  return 0.5 * value * (2 - tail);
}

export function relu(this: KernelThread, x: Numbers): number {
  return Math.max(0, x[this.thread.x]);
}

export function silu(this: KernelThread, x: Numbers): number {
  const value = x[this.thread.x];
  return value / (1 + Math.exp(Math.min(80, -value)));
}
