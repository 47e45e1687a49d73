import type { ModelConfig } from '../../protocol/modelConfig';
import { ownConfig } from './ownConfig';

/**
 * A Hugging Face `config.json` of the GPT-2 family, which other tools read too; a config that GPT-2's files have no words
 * for is written in words of our own, which `readConfig` alone reads back.
 */
export function writeConfig(config: ModelConfig): string {
  return `${JSON.stringify(isGpt2(config) ? gpt2Config(config) : ownConfig(config), undefined, 1)}\n`;
}

function gpt2Config(config: ModelConfig): Readonly<Record<string, unknown>> {
  return {
    model_type: 'gpt2',
    architectures: ['GPT2LMHeadModel'],
    activation_function: config.activation === 'identity' ? 'linear' : config.activation,
    n_layer: config.layers,
    n_head: config.heads,
    n_embd: config.width,
    n_inner: config.hidden,
    n_positions: config.context,
    n_ctx: config.context,
    vocab_size: config.vocabulary,
    layer_norm_epsilon: config.normEpsilon,
    tie_word_embeddings: config.tied,
    bos_token_id: config.endId ?? null,
    eos_token_id: config.endId ?? null,
    torch_dtype: 'float32',
  };
}

/** What a GPT-2 file can say. */
function isGpt2(config: ModelConfig): boolean {
  const { heads, keyValueHeads, headSize, width, activation } = config;
  const plain = config.norm === 'layer' && config.normPlace === 'pre' && config.biases;
  const past = config.position === 'learned' && config.mask !== 'none';
  const even = keyValueHeads === heads && headSize * heads === width;
  return plain && past && even && activation !== 'silu_gated' && activation !== 'none';
}
