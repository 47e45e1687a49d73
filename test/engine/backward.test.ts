// Every gradient of the reference device against finite differences of its forward operations.
import assert from 'node:assert/strict';
import { ReferenceTrainingDevice } from '../../src/engine/devices/reference/referenceTrainingDevice';
import { assertClose } from '../support/closeness';
import type { GradientCase } from '../support/gradientCases';
import { gradientInputs, runGradient, smallGradientCases } from '../support/gradientCases';

/** A power of two, so that input ± step is exact in float32 for inputs below 1 up to a last bit of 6e-8. */
const step = 2 ** -10;
/**
 * Central differences are wrong by step²/6 of a third derivative, 2e-7 of it, and by the float32 rounding of the input
 * over the step, 6e-5; both as a share of the largest.
 */
const tolerance = 2e-4;

describe('Gradients of the reference device', function () {
  this.timeout(20_000); // the reference is slow

  for (const test of smallGradientCases) {
    it(`of ${test.name} are the slopes of the forward operation`, async () => {
      const inputs = gradientInputs(test);
      const { gradients } = await runGradient(new ReferenceTrainingDevice(), test, inputs);
      assert.deepEqual([...gradients.keys()], Object.keys(test.inputs));
      for (const [name, gradient] of gradients) {
        const expected = await slopes(test, inputs, name);
        assertClose(gradient, expected, { tolerance, what: `${test.name}: ${name}` });
      }
    });
  }
});

/** Slopes of Σ out ∘ dOut by each element of one input. */
async function slopes(
  test: GradientCase,
  inputs: ReadonlyMap<string, Float32Array>,
  name: string,
): Promise<number[]> {
  const values = inputs.get(name) ?? new Float32Array(0);
  const slopeAt = async (index: number): Promise<number> => {
    const sums: number[] = [];
    for (const shift of [step, -step]) {
      const moved = Float32Array.from(values, (value, i) => (i === index ? value + shift : value));
      sums.push(await weightedSum(test, new Map([...inputs, [name, moved]])));
    }
    return ((sums[0] ?? NaN) - (sums[1] ?? NaN)) / (2 * step);
  };
  return Promise.all(Array.from(values, (_, index) => slopeAt(index)));
}

async function weightedSum(
  test: GradientCase,
  inputs: ReadonlyMap<string, Float32Array>,
): Promise<number> {
  const { out } = await runGradient(new ReferenceTrainingDevice(), test, inputs);
  const weights = inputs.get('dOut') ?? [];
  return Array.from(out).reduce((sum, value, index) => sum + value * (weights[index] ?? NaN), 0);
}
