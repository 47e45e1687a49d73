import type { ModelConfig } from '../../protocol/modelConfig';
import type {
  BlockWeights,
  FeedForwardWeights,
  LinearWeights,
  ModelWeights,
  NormWeights,
} from './modelWeights';
import { hasFeedForward } from './shapes';
import { sinusoidChunks } from './positions';
import type { WeightLoader } from './weightLoader';

/** Loads every weight of a config into its place, in the order of the file. */
export async function loadWeights(
  loader: WeightLoader,
  config: ModelConfig,
): Promise<ModelWeights> {
  const tokens = await loader.matrix('wte.weight', 'out-in');
  const positions = await loadPositions(loader, config);
  const blocks: BlockWeights[] = [];
  for (let i = 0; i < config.layers; i++) blocks.push(await loadBlock(loader, config, `h.${i}`));
  const finalNorm = await loadNorm(loader, 'ln_f');
  const unembedding = config.tied ? tokens : await loader.matrix('lm_head.weight', 'out-in');
  return { tokens, positions, blocks, finalNorm, unembedding };
}

async function loadPositions(
  loader: WeightLoader,
  config: ModelConfig,
): Promise<ModelWeights['positions']> {
  switch (config.position) {
    case 'learned':
      return loader.matrix('wpe.weight', 'out-in');
    case 'sinusoidal':
      return loader.adopt(
        { inputs: config.width, outputs: config.context, layout: 'out-in' },
        sinusoidChunks(config.context, config.width),
      );
    case 'rotary':
    case 'none':
      return undefined;
  }
}

async function loadBlock(
  loader: WeightLoader,
  config: ModelConfig,
  name: string,
): Promise<BlockWeights> {
  return {
    attentionNorm: await loadNorm(loader, `${name}.ln_1`),
    fused: await loadLinear(loader, `${name}.attn.c_attn`),
    attentionOut: await loadLinear(loader, `${name}.attn.c_proj`),
    feedForward: hasFeedForward(config) ? await loadFeedForward(loader, name) : undefined,
  };
}

async function loadFeedForward(loader: WeightLoader, name: string): Promise<FeedForwardWeights> {
  const gate = `${name}.mlp.c_gate`;
  return {
    norm: await loadNorm(loader, `${name}.ln_2`),
    gate: loader.has(`${gate}.weight`) ? await loadLinear(loader, gate) : undefined,
    up: await loadLinear(loader, `${name}.mlp.c_fc`),
    down: await loadLinear(loader, `${name}.mlp.c_proj`),
  };
}

async function loadNorm(loader: WeightLoader, name: string): Promise<NormWeights | undefined> {
  if (!loader.has(`${name}.weight`)) return undefined;
  const weight = await loader.vector(`${name}.weight`);
  const bias = loader.has(`${name}.bias`) ? await loader.vector(`${name}.bias`) : undefined;
  return { weight, bias };
}

async function loadLinear(loader: WeightLoader, name: string): Promise<LinearWeights> {
  const weight = await loader.matrix(`${name}.weight`, 'in-out');
  const bias = loader.has(`${name}.bias`) ? await loader.vector(`${name}.bias`) : undefined;
  return { weight, bias };
}
