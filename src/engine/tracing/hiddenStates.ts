import type { ModelConfig } from '../../protocol/modelConfig';
import type { NumberBlock } from '../../protocol/runs';

/** The activations whose sum enters block 0. */
export function embeddingNames(config: ModelConfig): string[] {
  const positions = config.position === 'learned' || config.position === 'sinusoidal';
  return positions ? ['embed', 'pos_embed'] : ['embed'];
}

/** The activations whose sum is the last hidden state: one, or without blocks the embedding's. */
export function finalStateNames(config: ModelConfig): string[] {
  return config.layers === 0 ? embeddingNames(config) : [`blocks.${config.layers - 1}.resid_post`];
}

/**
 * The activations of each hidden state, first to last, the ones of one state to be summed: what enters block 0, then
 * what leaves each block. [L + 1]
 */
export function hiddenStates(config: ModelConfig): string[][] {
  const blocks = Array.from({ length: config.layers }, (_, block) => [
    `blocks.${block}.resid_post`,
  ]);
  return [config.layers === 0 ? embeddingNames(config) : ['blocks.0.resid_pre'], ...blocks];
}

/** Elementwise sum of blocks of one shape, as a copy. */
export function sumOf(blocks: readonly NumberBlock[]): Float32Array {
  const sum = new Float32Array(blocks[0]?.values.length ?? 0);
  for (const { values } of blocks) {
    for (let index = 0; index < sum.length; index++) sum[index] += values[index];
  }
  return sum;
}
