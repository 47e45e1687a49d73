// The kernels of the wasm device, compiled to one module by AssemblyScript. Addresses and byte counts are u32.
import { blockDepth } from './blocks';

export { scratchBytes } from './blocks';
export {
  linear,
  linearInputGradient,
  linearWeightGradient,
  biasGradient,
  linearPerHead,
  gather,
  scatterAdd,
} from './linear';
export { attentionScores, attentionMix } from './attention';
export { softmaxCausal, softmaxMasked } from './softmax';
export { layerNorm, rmsNorm } from './norm';
export { geluNew, gelu, silu, relu } from './activation';
export { add, multiplyElements, copyRows } from './elementwise';
export { rotary } from './rotary';

// Nobody calls this one from outside. Exported, it is not inlined into its one caller, where V8 would spill its sums.
export { addTwoPanels } from './matvec';

/** First byte behind the constants of the kernels. */
export function heapStart(): usize {
  return __heap_base;
}

/** Inputs in one block of a resident matrix. */
export function depthOfBlock(): i32 {
  return blockDepth;
}
