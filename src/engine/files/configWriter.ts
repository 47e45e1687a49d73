import { fail } from '../../protocol/failures';
import type { ModelConfig } from '../../protocol/modelConfig';

/**
 * A Hugging Face `config.json` of the GPT-2 family, which `readConfig` and other tools read back. Throws
 * `config-unsupported` for a config that GPT-2's files have no words for.
 */
export function writeConfig(config: ModelConfig): string {
  for (const [field, only] of Object.entries(gpt2Only)) {
    const value = config[field as keyof typeof gpt2Only];
    if (value === only) continue;
    throw fail('config-unsupported', { file: 'config.json', field, value: String(value) });
  }
  const content = {
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
  return `${JSON.stringify(content, undefined, 1)}\n`;
}

/** What a GPT-2 file cannot say otherwise. */
const gpt2Only = {
  norm: 'layer',
  normPlace: 'pre',
  position: 'learned',
  biases: true,
} as const;
