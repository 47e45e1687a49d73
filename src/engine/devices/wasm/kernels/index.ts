// The kernels of the wasm device, compiled to one module by AssemblyScript. Addresses and byte counts are u32.
import { blockDepth } from './blocks';

export { scratchBytes } from './blocks';
export { linear, linearPerHead, gather } from './linear';
export { attentionScores, attentionMix } from './attention';
export { softmaxCausal, softmaxMasked } from './softmax';
export { layerNorm, layerNormGradient, rmsNorm, rmsNormGradient } from './norm';
export {
  geluNew,
  geluNewGradient,
  gelu,
  geluGradient,
  silu,
  siluGradient,
  relu,
  reluGradient,
} from './activation';
export { add, multiplyElements, clear, copyRows } from './elementwise';
export { unpackHalves, unpackBytes } from './compact';
export { rotary } from './rotary';
export { crossEntropy } from './loss';
export { adam, descend, sumOfSquares } from './optimiser';
export { gatherRows, scatterRows, columnSums } from './rows';
export { causalAttention, causalAttentionGradient, gradientRoomBytes } from './batchAttention';
export { multiplyAny } from './gemm';

// Nobody calls this one from outside. Exported, it is not inlined into its one caller, where V8 would spill its sums.
export { multiplyPanel } from './matvec';

/** First byte behind the constants of the kernels. */
export function heapStart(): usize {
  return __heap_base;
}

/** Inputs in one block of a resident matrix. */
export function depthOfBlock(): i32 {
  return blockDepth;
}
