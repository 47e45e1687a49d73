import * as v from 'valibot';
import type { ConfigFault } from '../../protocol/failures';
import { fail } from '../../protocol/failures';
import type { Activation, ModelConfig } from '../../protocol/modelConfig';
import { ownModelType, readOwnConfig } from './ownConfig';

/**
 * A Hugging Face `config.json` of the GPT-2 family as a decoder config. What is left out is what GPT2Config of
 * transformers takes for it; what would make other numbers than this decoder makes throws `config-unsupported`, a number
 * that describes no model `config-invalid`.
 *
 * `generation` is the content of `generation_config.json`, whose end token counts more. Of several end tokens the first
 * is taken. Whether the unembedding is tied says the flag alone, as in transformers: a file may still hold both.
 */
export function readConfig(content: unknown, generation: unknown): ModelConfig {
  if (!v.is(objectSchema, content)) throw invalid('', 'not-an-object');
  if (content['model_type'] === ownModelType) return readOwnConfig(content);
  checkFamily(content);
  checkVariants(content);
  const width = sizeOf(content, 'n_embd', [1, 1 << 17]);
  const heads = sizeOf(content, 'n_head', [1, width]);
  if (width % heads !== 0) throw invalid('n_head', 'not-divisible');
  const vocabulary = sizeOf(content, 'vocab_size', [1, 1 << 24]);
  return {
    layers: sizeOf(content, 'n_layer', [0, 10_000]),
    heads,
    keyValueHeads: heads,
    headSize: width / heads,
    width,
    hidden: isGiven(content['n_inner']) ? sizeOf(content, 'n_inner', [1, 1 << 20]) : 4 * width,
    vocabulary,
    context: contextOf(content),
    norm: 'layer',
    normPlace: 'pre',
    normEpsilon: epsilonOf(content),
    position: 'learned',
    // Of no consequence where positions are learned.
    rotaryBase: 10_000,
    activation: activationOf(content),
    biases: true,
    tied: flagOf(content, 'tie_word_embeddings', 'on'),
    endId: endIdOf(content, generation, vocabulary),
  };
}

const file = 'config.json';
const objectSchema = v.record(v.string(), v.unknown());
type Content = Readonly<Record<string, unknown>>;

function checkFamily(content: Content): void {
  const type = content['model_type'];
  if (isGiven(type) && type !== 'gpt2') throw unsupported('model_type', type);
}

/** Options of GPT2Config that change the arithmetic, with the one value that this decoder computes. */
function checkVariants(content: Content): void {
  if (!flagOf(content, 'scale_attn_weights', 'on')) throw unsupported('scale_attn_weights', false);
  for (const option of ['scale_attn_by_inverse_layer_idx', 'add_cross_attention']) {
    if (flagOf(content, option, 'off')) throw unsupported(option, true);
  }
  if (isGiven(content['quantization_config'])) {
    throw unsupported('quantization_config', content['quantization_config']);
  }
}

function contextOf(content: Content): number {
  const field = isGiven(content['n_positions']) ? 'n_positions' : 'n_ctx';
  return sizeOf(content, isGiven(content[field]) ? field : 'n_positions', [1, 1 << 20]);
}

function epsilonOf(content: Content): number {
  const value = content['layer_norm_epsilon'] ?? 1e-5;
  if (typeof value !== 'number') throw invalid('layer_norm_epsilon', 'not-a-number');
  if (value < 0) throw invalid('layer_norm_epsilon', 'too-small');
  if (value > 1) throw invalid('layer_norm_epsilon', 'too-large');
  return value;
}

function activationOf(content: Content): Activation {
  const name = content['activation_function'] ?? 'gelu_new';
  const activation = typeof name === 'string' ? activations.get(name) : undefined;
  if (activation === undefined) throw unsupported('activation_function', name);
  return activation;
}

/**
 * Names of transformers' ACT2FN. `gelu_pytorch_tanh`, `gelu_fast` and `gelu_accurate` write the formula of `gelu_new`
 * another way; the constant of `gelu_fast` ends after ten digits, which float32 cannot tell apart.
 */
const activations: ReadonlyMap<string, Activation> = new Map([
  ['gelu_new', 'gelu_new'],
  ['gelu_pytorch_tanh', 'gelu_new'],
  ['gelu_fast', 'gelu_new'],
  ['gelu_accurate', 'gelu_new'],
  ['gelu', 'gelu'],
  ['gelu_python', 'gelu'],
  ['relu', 'relu'],
  ['linear', 'identity'],
]);

/** GPT2Config's own end token is 50256; a smaller vocabulary that names none has none. */
function endIdOf(content: Content, generation: unknown, vocabulary: number): number | undefined {
  const preferred = v.is(objectSchema, generation) ? generation['eos_token_id'] : undefined;
  const given = preferred ?? content['eos_token_id'];
  const value: unknown = Array.isArray(given) ? given[0] : given;
  // null says that there is none, nothing at all leaves it to the default.
  if (value === null) return undefined;
  const id = value ?? gpt2EndId;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 0) {
    throw invalid('eos_token_id', 'not-whole');
  }
  return id < vocabulary ? id : undefined;
}

const gpt2EndId = 50_256;

function flagOf(content: Content, field: string, usual: 'on' | 'off'): boolean {
  const value = content[field] ?? usual === 'on';
  if (typeof value !== 'boolean') throw invalid(field, 'wrong-type');
  return value;
}

function sizeOf(content: Content, field: string, range: readonly [number, number]): number {
  const value = content[field];
  if (!isGiven(value)) throw invalid(field, 'missing');
  if (typeof value !== 'number') throw invalid(field, 'not-a-number');
  if (!Number.isInteger(value)) throw invalid(field, 'not-whole');
  if (value < range[0]) throw invalid(field, 'too-small');
  if (value > range[1]) throw invalid(field, 'too-large');
  return value;
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

function invalid(field: string, why: ConfigFault): Error {
  return fail('config-invalid', { file, field, why });
}

function unsupported(field: string, value: unknown): Error {
  return fail('config-unsupported', { file, field, value: JSON.stringify(value) });
}
