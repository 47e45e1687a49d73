import { activationCatalogue, type ActivationPattern } from '../../protocol/activations';
import type { Axis } from '../../protocol/axes';
import type { ModelConfig } from '../../protocol/modelConfig';
import { hasFeedForward } from '../model/shapes';

const patterns = Object.keys(activationCatalogue) as ActivationPattern[];

/** The names of all activations that a model of this config makes, in the order of the forward pass. */
export function activationNames(config: ModelConfig): string[] {
  const made = patterns.filter((pattern) => makes(config, pattern));
  const ofBlocks = made.filter((pattern) => pattern.includes('*'));
  const blocks = Array.from({ length: config.layers }, (_, block) =>
    ofBlocks.map((pattern) => pattern.replace('*', String(block))),
  );
  const before: string[] = made.filter((pattern) => /embed$/.test(pattern));
  const after = made.filter((pattern) => !pattern.includes('*') && !before.includes(pattern));
  return [...before, ...blocks.flat(), ...after];
}

/** The shape of an activation over `tokens` positions, slowest axis first; `name` is one of `activationNames`. */
export function activationShape(name: string, config: ModelConfig, tokens: number): number[] {
  const pattern = name.replace(/^blocks\.\d+\./, 'blocks.*.') as ActivationPattern;
  const heads = /\.attn\.[kv]$/.test(name) ? config.keyValueHeads : config.heads;
  const sizes: Partial<Record<Axis, number>> = {
    T: tokens,
    Q: tokens,
    K: tokens,
    C: config.width,
    H: heads,
    D: config.headSize,
    F: config.hidden,
    V: config.vocabulary,
  };
  return activationCatalogue[pattern].axes.map((axis) => sizes[axis] ?? 0);
}

/** float32 bytes of an activation. */
export function activationBytes(name: string, config: ModelConfig, tokens: number): number {
  return 4 * activationShape(name, config, tokens).reduce((product, size) => product * size, 1);
}

/**
 * What parts of the catalogue are worth keeping first when not everything fits: from `resid_pre` a block can be run
 * again alone; vectors of C channels are small and shown for all positions; patterns grow with T².
 */
const keepOrder: readonly ActivationPattern[] = [
  'embed',
  'pos_embed',
  'blocks.*.resid_pre',
  'blocks.*.resid_post',
  'blocks.*.attn_out',
  'blocks.*.mlp_out',
  'blocks.*.attn.pattern',
  'blocks.*.attn.z',
  'blocks.*.resid_mid',
  'blocks.*.attn.q',
  'blocks.*.attn.k',
  'blocks.*.attn.v',
  'blocks.*.mlp.post',
  'blocks.*.mlp.pre',
  'blocks.*.ln1.normalized',
  'blocks.*.ln2.normalized',
  'ln_final.normalized',
  'blocks.*.attn.scores',
];

/**
 * What a run keeps: everything but `logits` and `attn.result`, which are large and quickly made again, as far as it
 * fits. What does not fit is left out by name; smaller ones after it may still fit.
 */
export function keptNames(config: ModelConfig, tokens: number, limitBytes: number): string[] {
  const names = activationNames(config);
  const kept: string[] = [];
  let room = limitBytes;
  for (const pattern of keepOrder) {
    for (const name of names) {
      if (name.replace(/^blocks\.\d+\./, 'blocks.*.') !== pattern) continue;
      const bytes = activationBytes(name, config, tokens);
      if (bytes > room) continue;
      room -= bytes;
      kept.push(name);
    }
  }
  return kept;
}

/** The other activations of the same block, or none for a name outside the blocks. */
export function namesBeside(name: string, config: ModelConfig): string[] {
  const block = /^blocks\.\d+\./.exec(name)?.[0];
  if (block === undefined) return [];
  return activationNames(config).filter((other) => other !== name && other.startsWith(block));
}

function makes(config: ModelConfig, pattern: ActivationPattern): boolean {
  if (pattern === 'pos_embed') {
    return config.position === 'learned' || config.position === 'sinusoidal';
  }
  return hasFeedForward(config) || !/\.(ln2|mlp)\b|mlp_out/.test(pattern);
}
