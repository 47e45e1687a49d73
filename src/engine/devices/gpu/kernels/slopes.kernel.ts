// Gradients of the non-linearities: dOut ∘ f′(x); output [length].
import type { KernelThread, Numbers } from './kernelThread';

/** With s = σ(2u): s + x·s·(1 − s)·2u′. Beyond ±20 s is 0 or 1 to the last bit. */
export function geluNewSlope(this: KernelThread, x: Numbers, dOut: Numbers): number {
  const value = Math.max(-20, Math.min(20, x[this.thread.x]));
  const u = 0.7978845608028654 * (value + 0.044715 * value * value * value);
  const s = 1 / (1 + Math.exp(Math.min(80, -2 * u)));
  const slope = 1.5957691216057308 * (1 + 0.134145 * value * value);
  return dOut[this.thread.x] * (s + value * s * (1 - s) * slope);
}

/** Φ(x) + x·φ(x), Φ as in `gelu`. */
export function geluSlope(this: KernelThread, x: Numbers, dOut: Numbers): number {
  const value = Math.max(-12, Math.min(12, x[this.thread.x]));
  const z = Math.abs(value) * 0.7071067811865476;
  const t = 1 / (1 + 0.3275911 * z);
  const inner = t * (1.421413741 + t * (-1.453152027 + t * 1.061405429));
  const bell = Math.exp(-(z * z));
  const tail = 0.5 * t * (0.254829592 + t * (-0.284496736 + inner)) * bell;
  const density = value * bell * 0.3989422804014327;
  if (value < 0) {
    return dOut[this.thread.x] * (tail + density);
  }
  return dOut[this.thread.x] * (1 - tail + density);
}

export function reluSlope(this: KernelThread, x: Numbers, dOut: Numbers): number {
  if (x[this.thread.x] > 0) {
    return dOut[this.thread.x];
  }
  return 0;
}

/** s + x·s·(1 − s), s = σ(x). */
export function siluSlope(this: KernelThread, x: Numbers, dOut: Numbers): number {
  const value = Math.max(-80, Math.min(80, x[this.thread.x]));
  const s = 1 / (1 + Math.exp(-value));
  return dOut[this.thread.x] * (s + value * s * (1 - s));
}
