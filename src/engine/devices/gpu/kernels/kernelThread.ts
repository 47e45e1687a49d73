/**
 * What a kernel of GPU.js is written in: a small part of JavaScript that is translated for each backend.
 *
 * A function here runs once for every element of its output. The build keeps the text of each function whole and hands
 * that out in place of the function (media/build/kernelTexts.mjs), so nothing outside a function may be used inside it.
 * Rules that hold for all backends: whole numbers come in as arguments and stay whole, arrays are flat, at most seven of
 * them, no `Math.tanh` (it overflows on some), no infinity, one declaration a statement, no name twice in a
 * function, no bitwise operation on a negative number.
 */
export interface KernelThread {
  /** Which element of the output: x runs fastest. */
  readonly thread: { readonly x: number; readonly y: number; readonly z: number };
}

/** Numbers of an array on the device, flat. */
export type Numbers = ArrayLike<number>;
