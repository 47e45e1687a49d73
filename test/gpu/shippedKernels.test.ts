// What is compiled on a GPU is what was tested: the bundler leaves the texts of the kernels alone.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import * as attention from '../../src/engine/devices/gpu/kernels/attention.kernel';
import * as elements from '../../src/engine/devices/gpu/kernels/elements.kernel';
import * as linear from '../../src/engine/devices/gpu/kernels/linear.kernel';
import * as norm from '../../src/engine/devices/gpu/kernels/norm.kernel';
import * as rows from '../../src/engine/devices/gpu/kernels/rows.kernel';
import { GpujsLauncher } from '../../src/gpu/gpujsLauncher';

const kernels = Object.entries({ ...attention, ...elements, ...linear, ...norm, ...rows }).map(
  ([name, kernel]) => ({ name, text: String(kernel) }),
);

/** Strings stand in a bundle between quotes of any kind, with line breaks written as such or kept. */
const bundle = readFileSync('dist/gpuWorker.js', 'utf8').replaceAll('\\n', '\n');

describe('The kernels in the shipped bundle', () => {
  it('are as many as there are operations and more', () => {
    assert.ok(kernels.length >= 15, `${kernels.length} kernels`);
  });

  for (const { name, text } of kernels) {
    it(`hold the text of ${name} as it was written`, () => {
      assert.match(text, /^function \w+\(/);
      assert.ok(bundle.includes(text), text);
    });

    it(`follow the rules of all backends: ${name}`, () => {
      // Each of these compiles on some backends and fails, or is wrong, on others.
      assert.doesNotMatch(text, /Math\.tanh|Infinity|\*\*|while|=>/);
      const declared = [...text.matchAll(/\b(?:let|const) (\w+)/g)].map(([, variable]) => variable);
      assert.equal(new Set(declared).size, declared.length, 'a name is declared twice');
      const arrays = new Set([...text.matchAll(/(\w+)\[/g)].map(([, array]) => array));
      assert.ok(arrays.size <= 7, `${arrays.size} arrays`);
    });
  }

  it('refuse a backend that is not there', () => {
    assert.throws(() => new GpujsLauncher('webgl2'));
  });
});
