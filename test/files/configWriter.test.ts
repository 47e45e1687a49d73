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
  ];
  for (const changes of variants) {
    it(`says what it was made from: ${JSON.stringify(changes)}`, () => {
      const written = { ...config, ...changes };
      assert.deepEqual(readConfig(JSON.parse(writeConfig(written)), undefined), written);
    });
  }

  it('is refused to what GPT-2 has no words for', async () => {
    for (const changes of [{ norm: 'rms' }, { position: 'rotary' }, { biases: false }] as const) {
      const write = Promise.resolve().then(() => writeConfig({ ...config, ...changes }));
      const details = await rejectsWith('config-unsupported', write);
      assert.equal((details as { field: string }).field, Object.keys(changes)[0]);
    }
  });
});
