import type { ModelConfig } from '../../protocol/modelConfig';
import type { Chunks } from '../devices/device';
import { elementCount } from '../model/parameters';
import { expectedShapes } from '../model/shapes';
import type { WeightSource } from '../model/weights';
import { fail } from '../../protocol/failures';
import { RandomStream } from '../tensor/random';

/**
 * The weights that a model starts from, all from one seed: normal with deviation 0.02, and 0.02/√(2L) for what is added to
 * the hidden state, so that its size does not grow with the number of layers (Radford et al. 2019, section 2.3); norms
 * start as 1 and biases as 0.
 */
export function initialWeights(config: ModelConfig, seed: number): WeightSource {
  const shapes = expectedShapes(config);
  const names = [...shapes.keys()];
  const shape = (name: string): readonly number[] => {
    const found = shapes.get(name);
    if (found === undefined) throw fail('tensor-missing', { tensor: name });
    return found;
  };
  return {
    names,
    has: (name) => shapes.has(name),
    shape,
    chunks: (name) => {
      const length = elementCount(shape(name));
      const deviation = deviationOf(name, config.layers);
      if (deviation === undefined) return whole(new Float32Array(length).fill(constantOf(name)));
      const random = new RandomStream(seed, names.indexOf(name));
      return whole(Float32Array.from({ length }, (_, index) => deviation * random.normal(index)));
    },
  };
}

/** Undefined for what starts as one number. */
function deviationOf(name: string, layers: number): number | undefined {
  if (name.endsWith('.bias') || isNorm(name)) return undefined;
  return name.endsWith('.c_proj.weight') ? 0.02 / Math.sqrt(2 * layers) : 0.02;
}

function constantOf(name: string): number {
  return name.endsWith('.bias') ? 0 : 1;
}

function isNorm(name: string): boolean {
  return /(^|\.)ln_\w+\./.test(name);
}

async function* whole(values: Float32Array): Chunks {
  yield await Promise.resolve({ offset: 0, values });
}
