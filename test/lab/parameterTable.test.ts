// Where the parameters of a model are, what they cost, and what they start as, beside models that others have counted.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { parameterTable } from '../../src/engine/lab/parameterTable';
import { startingWeight } from '../../src/engine/lab/startingWeight';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { rejectsWith } from '../support/failing';
import { openLab, smallForm } from '../support/lab';
import { smallConfig } from '../support/models';

/** GPT-2 small, as its config.json on the Hugging Face hub has it. */
const gpt2: ModelConfig = {
  ...smallConfig,
  ...{ layers: 12, heads: 12, keyValueHeads: 12, headSize: 64, width: 768, hidden: 3072 },
  ...{ vocabulary: 50_257, context: 1024, norm: 'layer', normPlace: 'pre', position: 'learned' },
  ...{ activation: 'gelu_new', biases: true, tied: true },
};

describe('The parameter table', () => {
  it('counts GPT-2 small as its authors do: 124,439,808', () => {
    const { rows, parameters, neurons, weightBytes } = parameterTable(gpt2, 1);
    assert.equal(parameters, 124_439_808);
    assert.equal(
      rows.reduce((sum, row) => sum + row.parameters, 0),
      parameters,
    );
    assert.equal(weightBytes, 4 * parameters);
    // Parameters are not neurons: 12 networks of 3,072.
    assert.equal(neurons, 36_864);
    const parts = new Map<string, number>();
    for (const { part, parameters: n } of rows) parts.set(part, (parts.get(part) ?? 0) + n);
    assert.deepEqual(Object.fromEntries(parts), {
      embedding: 50_257 * 768,
      position: 1024 * 768,
      norm: 25 * 2 * 768,
      attention: 12 * (768 * 2304 + 2304 + 768 * 768 + 768),
      feedforward: 12 * (768 * 3072 + 3072 + 3072 * 768 + 768),
    });
    assert.ok(rows.every(({ name, block }) => (block === undefined) !== name.startsWith('h.')));
  });

  it('counts the operations of a token: twice its products, three times as much to learn', () => {
    const { flopsPerToken, trainingFlopsPerToken } = parameterTable(gpt2, 1);
    // Kaplan et al. 2020, table 1: 2N + 2·layers·context·width, N without embeddings; and here the output layer too.
    const attention = 12 * 4 * 768 ** 2;
    const feedForward = 12 * 8 * 768 ** 2;
    const products = 2 * (attention + feedForward + 768 * 50_257);
    assert.equal(flopsPerToken, products + 2 * 12 * 2 * 1024 * 768);
    assert.equal(trainingFlopsPerToken, 3 * flopsPerToken);
  });

  it('has a row more where the output is not tied, and none for what a model does not have', () => {
    const names = (changes: Partial<ModelConfig>): string[] =>
      parameterTable({ ...gpt2, ...changes }, 1).rows.map(({ name }) => name);
    const all = names({});
    assert.deepEqual(
      names({ tied: false }).filter((name) => !all.includes(name)),
      ['lm_head.weight'],
    );
    assert.ok(!names({ norm: 'none' }).some((name) => name.includes('ln_')));
    assert.ok(!names({ position: 'rotary' }).some((name) => name.startsWith('wpe')));
    assert.ok(!names({ activation: 'none' }).some((name) => name.includes('.mlp.')));
    assert.ok(!names({ biases: false }).some((name) => /\.c_\w+\.bias/.test(name)));
  });

  it('shows the weights that a run then starts from', async function () {
    this.timeout(20_000); // a loaded machine
    const test = openLab();
    try {
      const form = await smallForm(test);
      const { run, config } = await test.lab.createRun({ folder: join(test.folder, 'run'), form });
      for (const name of ['wte.weight', 'h.0.attn.c_attn.weight', 'ln_f.weight']) {
        const shown = await test.lab.startingWeight({
          model: form.model,
          vocabulary: config.vocabulary,
          seed: form.training.seed,
          name,
        });
        const { before } = await test.lab.stepTensor({ run, name });
        assert.deepEqual([...shown.values], [...before.values], name);
      }
    } finally {
      await test.close();
    }
  });

  it('tells how the numbers are spread, as the names of the ways to start promise', async () => {
    const narrow = { ...gpt2, headSize: 20, width: 240, hidden: 960 };
    const start = (name: string, initialisation: 'normal' | 'xavier' | 'he') =>
      startingWeight(narrow, { seed: 7, initialisation }, name);
    for (const [name, way, expected] of [
      ['h.3.attn.c_attn.weight', 'normal', 0.02],
      ['h.3.mlp.c_proj.weight', 'normal', 0.02 / Math.sqrt(24)],
      ['h.3.mlp.c_fc.weight', 'xavier', Math.sqrt(2 / (240 + 960))],
      ['h.3.mlp.c_fc.weight', 'he', Math.sqrt(2 / 240)],
    ] as const) {
      const { mean, deviation, values, shape } = await start(name, way);
      assert.deepEqual([shape.length, values.length], [2, 65_536]);
      // Of 170,000 draws or more: four standard errors are 0.7 per cent of a deviation, and 1 of a mean.
      assert.ok(Math.abs(deviation / expected - 1) < 0.007, `${name} ${way}: ${deviation}`);
      assert.ok(Math.abs(mean) < 0.01 * expected, `${name} ${way}: ${mean}`);
    }
    const { deviation, mean } = await start('ln_f.weight', 'normal');
    assert.deepEqual([mean, deviation], [1, 0]);
    await rejectsWith('tensor-missing', start('h.99.mlp.c_fc.weight', 'he'));
  });
});
