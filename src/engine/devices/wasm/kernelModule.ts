import { fail } from '../../../protocol/failures';
import { Allocator } from './allocator';
import type { TrainingKernels } from './trainingKernels';

/** One instance of the compiled kernels with the memory it works in. */
export interface KernelModule {
  readonly compiled: WebAssembly.Module;
  readonly kernels: Kernels;
  readonly memory: WebAssembly.Memory;
  readonly allocator: Allocator;
}

/**
 * The exports of kernels/index.ts. Arrays are byte addresses; an absent bias is 0; strides are elements between rows.
 * AssemblyScript checks the bodies, this interface only repeats their parameters in order.
 */
export interface Kernels extends TrainingKernels {
  heapStart(): number;
  depthOfBlock(): number;
  scratchBytes(): number;
  linear(
    first: number,
    columns: number,
    rows: number,
    inputs: number,
    outputs: number,
    x: number,
    weight: number,
    bias: number,
    out: number,
    scratch: number,
  ): void;
  linearPerHead(
    first: number,
    count: number,
    rows: number,
    heads: number,
    headSize: number,
    outputs: number,
    z: number,
    weight: number,
    out: number,
    scratch: number,
  ): void;
  gather(
    count: number,
    inputs: number,
    outputs: number,
    ids: number,
    weight: number,
    out: number,
  ): void;
  attentionScores(
    first: number,
    count: number,
    heads: number,
    keyHeads: number,
    headSize: number,
    queryCount: number,
    keyCount: number,
    queries: number,
    queryStride: number,
    keys: number,
    keyStride: number,
    out: number,
    scale: number,
    scratch: number,
  ): void;
  attentionMix(
    first: number,
    count: number,
    heads: number,
    keyHeads: number,
    headSize: number,
    queryCount: number,
    keyCount: number,
    pattern: number,
    values: number,
    valueStride: number,
    out: number,
    scratch: number,
  ): void;
  softmaxCausal(
    heads: number,
    queries: number,
    keys: number,
    past: number,
    scores: number,
    out: number,
  ): void;
  softmaxMasked(
    heads: number,
    queries: number,
    keys: number,
    mask: number,
    scores: number,
    out: number,
  ): void;
  layerNorm: NormKernel;
  rmsNorm: NormKernel;
  geluNew: UnaryKernel;
  gelu: UnaryKernel;
  silu: UnaryKernel;
  relu: UnaryKernel;
  add: BinaryKernel;
  multiplyElements: BinaryKernel;
  clear(x: number, count: number): void;
  unpackHalves(source: number, target: number, count: number): void;
  unpackBytes(source: number, target: number, scales: number, depth: number, panels: number): void;
  copyRows(
    rows: number,
    columns: number,
    source: number,
    sourceStride: number,
    target: number,
    targetStride: number,
  ): void;
  rotary(
    rows: number,
    heads: number,
    headSize: number,
    x: number,
    stride: number,
    table: number,
    direction: number,
  ): void;
}

export type UnaryKernel = (x: number, out: number, count: number) => void;
// The parameters are those of the compiled module, which has numbers only.
/* eslint-disable @typescript-eslint/max-params */
type BinaryKernel = (a: number, b: number, out: number, count: number) => void;
type NormKernel = (
  rows: number,
  columns: number,
  x: number,
  weight: number,
  bias: number,
  out: number,
  epsilon: number,
) => void;
/* eslint-enable @typescript-eslint/max-params */

/**
 * Compiles and starts the kernels in a memory of their own, which only a shared build can share with threads. Throws `device-unavailable` where the engine cannot run them
 * (no SIMD, or the bytes are not the module), `out-of-memory` through the allocator when 4 GB or the machine's end is
 * reached.
 */
export function startKernels(
  bytes: Uint8Array,
  sharing: 'alone' | 'shared' = 'alone',
): KernelModule {
  if (!WebAssembly.validate(bytes)) {
    throw fail('device-unavailable', { device: 'wasm', why: 'WebAssembly SIMD' });
  }
  const shared = sharing === 'shared';
  const memory = new WebAssembly.Memory({ initial: 1, maximum: maximumPages, shared });
  const compiled = new WebAssembly.Module(bytes);
  const instance = new WebAssembly.Instance(compiled, { env: { memory } });
  // The one place where the module's exports get their types: they are built from the sources beside this file.
  const kernels = instance.exports as unknown as Kernels;
  const allocator = new Allocator({
    start: kernels.heapStart(),
    end: memory.buffer.byteLength,
    grow: (added) => {
      growMemory(memory, added);
    },
  });
  return { compiled, kernels, memory, allocator };
}

function growMemory(memory: WebAssembly.Memory, bytes: number): void {
  try {
    memory.grow(bytes / pageBytes);
  } catch {
    throw fail('out-of-memory', { bytes: memory.buffer.byteLength + bytes });
  }
}

const pageBytes = 65_536;
/** 4 GB, the most that 32-bit addresses reach. */
const maximumPages = 65_536;
