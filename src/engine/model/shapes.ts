import type { ModelConfig } from '../../protocol/modelConfig';

/**
 * The name and shape of every weight a model of this config has, in the order in which files hold them. Names are
 * GPT-2's without `transformer.`; linear layers are [inputs, outputs], tables [rows, C].
 *
 * A gated feed-forward network has `mlp.c_gate` beside `mlp.c_fc`; without a non-linearity named (`none`) a block has
 * no feed-forward network and no `ln_2`. The last norm `ln_f` exists where norms stand before the layers (`pre`): with
 * `post` each block ends in a norm already (Vaswani et al. 2017, section 3.1).
 */
export function expectedShapes(config: ModelConfig): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  shapes.set('wte.weight', [config.vocabulary, config.width]);
  if (config.position === 'learned') shapes.set('wpe.weight', [config.context, config.width]);
  for (let block = 0; block < config.layers; block++) addBlock(shapes, config, `h.${block}`);
  if (hasFinalNorm(config)) addNorm(shapes, config, 'ln_f');
  if (!config.tied) shapes.set('lm_head.weight', [config.vocabulary, config.width]);
  return shapes;
}

/** Columns of the fused projection: H·D of queries, then Hkv·D of keys, then Hkv·D of values. */
export function fusedWidth(config: ModelConfig): number {
  return (config.heads + 2 * config.keyValueHeads) * config.headSize;
}

export function hasFinalNorm(config: ModelConfig): boolean {
  return config.norm !== 'none' && config.normPlace === 'pre';
}

export function hasFeedForward(config: ModelConfig): boolean {
  return config.activation !== 'none';
}

type Shapes = Map<string, readonly number[]>;

function addBlock(shapes: Shapes, config: ModelConfig, block: string): void {
  const { width, hidden } = config;
  addNorm(shapes, config, `${block}.ln_1`);
  addLinear(shapes, config, { name: `${block}.attn.c_attn`, shape: [width, fusedWidth(config)] });
  const mixed = config.heads * config.headSize;
  addLinear(shapes, config, { name: `${block}.attn.c_proj`, shape: [mixed, width] });
  if (!hasFeedForward(config)) return;
  addNorm(shapes, config, `${block}.ln_2`);
  if (config.activation === 'silu_gated') {
    addLinear(shapes, config, { name: `${block}.mlp.c_gate`, shape: [width, hidden] });
  }
  addLinear(shapes, config, { name: `${block}.mlp.c_fc`, shape: [width, hidden] });
  addLinear(shapes, config, { name: `${block}.mlp.c_proj`, shape: [hidden, width] });
}

function addNorm(shapes: Shapes, config: ModelConfig, name: string): void {
  if (config.norm === 'none') return;
  shapes.set(`${name}.weight`, [config.width]);
  if (config.norm === 'layer') shapes.set(`${name}.bias`, [config.width]);
}

function addLinear(
  shapes: Shapes,
  config: ModelConfig,
  layer: { name: string; shape: readonly [number, number] },
): void {
  shapes.set(`${layer.name}.weight`, layer.shape);
  if (config.biases) shapes.set(`${layer.name}.bias`, [layer.shape[1]]);
}
