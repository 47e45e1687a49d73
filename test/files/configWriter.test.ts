// A config that is written is the config that is read.
import assert from 'node:assert/strict';
import { readConfig } from '../../src/engine/files/config';
import { writeConfig } from '../../src/engine/files/configWriter';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { rejectsWith } from '../support/failing';
import { smallConfig } from '../support/models';

/** GPT-2's files have no head size of their own: it is the width shared by the heads. */
const config: ModelConfig = { ...smallConfig, headSize: 3 };

describe('A config.json of our own', () => {
  const variants: readonly Partial<ModelConfig>[] = [
    {},
    { layers: 0, tied: false, endId: 5 },
    { activation: 'relu', normEpsilon: 1e-6, hidden: 7 },
    { activation: 'identity' },
    { norm: 'rms', position: 'rotary', activation: 'silu_gated', biases: false, headSize: 8 },
    { layers: 0, norm: 'none', position: 'none', tied: false, width: 2, endId: undefined },
    { mask: 'none', normPlace: 'post', position: 'sinusoidal' },
  ];
  for (const changes of variants) {
    it(`says what it was made from: ${JSON.stringify(changes)}`, () => {
      const written = { ...config, ...changes };
      assert.deepEqual(readConfig(JSON.parse(writeConfig(written)), undefined), written);
    });
  }

  it('is GPT-2’s own where GPT-2 has words for it, so that other tools read it', () => {
    const types = [{}, { norm: 'rms' }, { mask: 'none' }].map((changes) => {
      const text = writeConfig({ ...config, ...changes } as ModelConfig);
      return (JSON.parse(text) as { model_type: string }).model_type;
    });
    assert.deepEqual(types, ['gpt2', 'tokenscope', 'tokenscope']);
  });

  it('that describes no model is refused with the field', async () => {
    const own = JSON.parse(writeConfig({ ...config, norm: 'rms' })) as Record<string, unknown>;
    for (const [field, value] of [
      ['width', 0],
      ['position', 'relative'],
      ['keyValueHeads', 3],
    ] as const) {
      const read = Promise.resolve().then(() => readConfig({ ...own, [field]: value }, undefined));
      const details = await rejectsWith('config-invalid', read);
      assert.equal((details as { field: string }).field, field);
    }
  });
});
