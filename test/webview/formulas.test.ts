/** Every formula is set when the panel is built. */
import assert from 'node:assert/strict';
import { pathToFileURL } from 'node:url';
import latex from '../../media/formulas.json';

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
