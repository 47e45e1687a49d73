// The products of one token by those who have no decoder: every weight matrix of the model is read once.
import { expectedShapes } from '../../../src/engine/model/shapes';
import type { ModelConfig } from '../../../src/protocol/modelConfig';
import { seeded, spread } from '../../support/random';
import { gpujsProduct, loopProduct, type Product } from './products';

export interface TokenProducts {
  readonly run: () => Promise<void>;
  readonly dispose: () => Promise<void>;
}

export function tokenProducts(
  config: ModelConfig,
  by: 'GPU.js webasm' | 'typed-array loop',
): TokenProducts {
  const products = matrices(config).map(([inputs, outputs]) => product(by, inputs, outputs));
  return {
    run: async () => {
      for (const each of products) await each.run();
    },
    dispose: async () => {
      for (const each of products) await each.dispose();
    },
  };
}

function product(
  by: Parameters<typeof tokenProducts>[1],
  inputs: number,
  outputs: number,
): Product {
  const random = seeded(inputs);
  const [x, weight] = [spread(random, inputs), spread(random, inputs * outputs)];
  const operands = { x, weight, rows: 1, inputs, outputs };
  return by === 'GPU.js webasm' ? gpujsProduct(operands) : loopProduct(operands);
}

/** [inputs, outputs] of every matrix that a token is multiplied with: those of the blocks, and the unembedding. */
function matrices(config: ModelConfig): [number, number][] {
  const ofBlocks = [...expectedShapes(config)]
    .filter(([name, shape]) => name.startsWith('h.') && shape.length === 2)
    .map(([, [inputs = 0, outputs = 0]]): [number, number] => [inputs, outputs]);
  return [...ofBlocks, [config.width, config.vocabulary]];
}
