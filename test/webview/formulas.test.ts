/** Every formula is set when the panel is built. */
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import latex from '../../media/formulas.json';
import type { ModelConfig } from '../../src/protocol/modelConfig';
import { modelFormula } from '../../webview/modelFormula';
import { smallConfig } from '../support/models';

interface FormulaModule {
  buildFormulas(): Promise<Record<string, string>>;
}

describe('The formulas', () => {
  let formulas: Record<string, string>;

  before(async () => {
    const path = pathToFileURL('media/build/formulas.mjs').href;
    formulas = await ((await import(path)) as FormulaModule).buildFormulas();
  });

  it('are MathML, one for each in media/formulas.json', () => {
    assert.deepEqual(Object.keys(formulas), Object.keys(latex));
    for (const [name, markup] of Object.entries(formulas))
      assert.match(markup, /^<math[\s\S]*<\/math>$/, name);
  });

  it('leave no LaTeX and no error behind', () => {
    for (const [name, markup] of Object.entries(formulas))
      assert.doesNotMatch(markup, /\\[a-zA-Z]|merror|temml-error/, name);
  });

  it('have no style attributes, which the panel’s policy forbids', () => {
    for (const [name, markup] of Object.entries(formulas))
      assert.doesNotMatch(markup, / style=/, name);
  });

  it('mark the parts that have a colour of their own', () => {
    assert.match(formulas['dot'] ?? '', /<msub class="q">[\s\S]*<msub class="k">/);
  });
});

describe('The formula of a step', () => {
  const names = ['embed', 'query', 'key', 'value', 'output', 'feedforward'] as const;
  const all = [...names, 'feedforwardOut', 'siluGated', 'residual', 'repeat'] as const;
  const written = (patch: Partial<ModelConfig>) =>
    all.map((name) => latex[modelFormula({ ...smallConfig, ...patch }, name)]).join('\n');

  it('has a bias only where the model has one', () => {
    assert.equal(written({ biases: true }).match(/ \+ b_/g)?.length, 8);
    assert.doesNotMatch(written({ biases: false }), /b_/);
  });

  it('adds a row for the position only where the model does', () => {
    assert.match(written({ position: 'learned' }), /W\}_P/);
    for (const position of ['rotary', 'none'] as const)
      assert.doesNotMatch(written({ position }), /W\}_P/);
  });

  it('has the norm around the sum where the model has it there', () => {
    assert.doesNotMatch(written({ normPlace: 'pre' }), /norm/);
    assert.equal(written({ normPlace: 'post' }).match(/\\operatorname\{norm\}/g)?.length, 3);
    assert.doesNotMatch(written({ normPlace: 'post', norm: 'none' }), /norm/);
  });

  it('has no feed-forward network in a model without one', () => {
    const name = modelFormula({ ...smallConfig, activation: 'none' }, 'repeat');
    assert.doesNotMatch(latex[name], /mlp/);
  });
});
