// What a config.json may say, and what is said of it.
import assert from 'node:assert/strict';
import { readConfig } from '../../src/engine/files/config';
import { failureOf } from '../../src/protocol/failures';
import { tinyConfig } from '../support/modelFolders';

const gpt2 = {
  ...tinyConfig,
  n_layer: 12,
  n_head: 12,
  n_embd: 768,
  n_positions: 1024,
  vocab_size: 50_257,
};

function failureFor(change: object): object | undefined {
  try {
    readConfig({ ...gpt2, ...change }, undefined);
    return undefined;
  } catch (error) {
    return failureOf(error);
  }
}

describe('a config', () => {
  it('of GPT-2 describes GPT-2', () => {
    assert.deepEqual(readConfig(gpt2, undefined), {
      layers: 12,
      heads: 12,
      keyValueHeads: 12,
      headSize: 64,
      width: 768,
      hidden: 3072,
      vocabulary: 50_257,
      context: 1024,
      norm: 'layer',
      normPlace: 'pre',
      normEpsilon: 1e-5,
      position: 'learned',
      rotaryBase: 10_000,
      activation: 'gelu_new',
      biases: true,
      tied: true,
      endId: 50_256,
    });
  });

  it('may name its hidden width, its non-linearity and an untied output', () => {
    const config = readConfig(
      { ...gpt2, n_inner: 100, activation_function: 'relu', tie_word_embeddings: false },
      undefined,
    );
    assert.deepEqual([config.hidden, config.activation, config.tied], [100, 'relu', false]);
  });

  it('may name the context n_ctx', () => {
    assert.equal(readConfig({ ...gpt2, n_positions: undefined, n_ctx: 77 }, undefined).context, 77);
  });

  it('takes the end token from generation_config.json first, and the first of several', () => {
    assert.equal(readConfig({ ...gpt2, eos_token_id: 5 }, undefined).endId, 5);
    assert.equal(readConfig({ ...gpt2, eos_token_id: [7, 8] }, undefined).endId, 7);
    assert.equal(readConfig({ ...gpt2, eos_token_id: 5 }, { eos_token_id: 9 }).endId, 9);
  });

  it('has no end token where it says null or the vocabulary does not reach it', () => {
    assert.equal(readConfig({ ...gpt2, eos_token_id: null }, undefined).endId, undefined);
    assert.equal(readConfig(tinyConfig, undefined).endId, undefined);
  });

  for (const [name, meant] of [
    ['gelu', 'gelu'],
    ['gelu_pytorch_tanh', 'gelu_new'],
    ['linear', 'identity'],
  ] as const) {
    it(`with ${name} computes ${meant}`, () => {
      const config = readConfig({ ...gpt2, activation_function: name }, undefined);
      assert.equal(config.activation, meant);
    });
  }

  for (const [change, field, value] of [
    [{ model_type: 'llama' }, 'model_type', '"llama"'],
    [{ activation_function: 'silu' }, 'activation_function', '"silu"'],
    [{ scale_attn_weights: false }, 'scale_attn_weights', 'false'],
    [{ scale_attn_by_inverse_layer_idx: true }, 'scale_attn_by_inverse_layer_idx', 'true'],
    [{ add_cross_attention: true }, 'add_cross_attention', 'true'],
    [{ quantization_config: { bits: 4 } }, 'quantization_config', '{"bits":4}'],
  ] as const) {
    it(`with ${field} ${value} is not supported, and says why`, () => {
      const details = { file: 'config.json', field, value };
      assert.deepEqual(failureFor(change), { code: 'config-unsupported', details });
    });
  }

  for (const [change, field, why] of [
    [{ n_head: 0 }, 'n_head', 'too-small'],
    [{ n_head: 5 }, 'n_head', 'not-divisible'],
    [{ n_embd: undefined }, 'n_embd', 'missing'],
    [{ n_embd: '768' }, 'n_embd', 'not-a-number'],
    [{ n_layer: 1.5 }, 'n_layer', 'not-whole'],
    [{ n_layer: 1e9 }, 'n_layer', 'too-large'],
    [{ n_layer: -1 }, 'n_layer', 'too-small'],
    [{ n_positions: undefined }, 'n_positions', 'missing'],
    [{ vocab_size: 0 }, 'vocab_size', 'too-small'],
    [{ n_inner: 0 }, 'n_inner', 'too-small'],
    [{ layer_norm_epsilon: '1e-5' }, 'layer_norm_epsilon', 'not-a-number'],
    [{ layer_norm_epsilon: -1 }, 'layer_norm_epsilon', 'too-small'],
    [{ tie_word_embeddings: 'yes' }, 'tie_word_embeddings', 'wrong-type'],
    [{ eos_token_id: 'end' }, 'eos_token_id', 'not-whole'],
  ] as const) {
    it(`whose ${field} is ${String(Object.values(change)[0])} is refused as ${why}`, () => {
      const details = { file: 'config.json', field, why };
      assert.deepEqual(failureFor(change), { code: 'config-invalid', details });
    });
  }

  it('that is no object is refused', () => {
    assert.throws(() => readConfig('gpt2', undefined), { name: 'TokenscopeError' });
    assert.throws(() => readConfig(null, undefined), { name: 'TokenscopeError' });
  });
});
