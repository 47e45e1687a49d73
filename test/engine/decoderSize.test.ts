// What a model takes, known from its config alone.
import assert from 'node:assert/strict';
import { countParameters, modelSize } from '../../src/engine/model/parameters';
import { smallConfig } from '../support/models';

describe('Size of a model', () => {
  const gpt2 = {
    ...{ layers: 12, heads: 12, keyValueHeads: 12, headSize: 64, width: 768, hidden: 3072 },
    ...{ vocabulary: 50_257, context: 1024 },
  };

  it('is 124,439,808 parameters for GPT-2 small, as published weights have', () => {
    assert.equal(countParameters({ ...smallConfig, ...gpt2 }), 124_439_808);
  });

  it('counts an unembedding of its own', () => {
    const more = countParameters({ ...smallConfig, ...gpt2, tied: false });
    assert.equal(more, 124_439_808 + 50_257 * 768);
  });

  it('gives the cache at full context in float32', () => {
    // Keys and values, 12 blocks, 1,024 positions, 768 channels, 4 bytes.
    assert.equal(modelSize({ ...smallConfig, ...gpt2 }).cacheBytes, 2 * 12 * 1024 * 768 * 4);
  });
});
