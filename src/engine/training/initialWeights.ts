import { fail } from '../../protocol/failures';
import type { Initialisation } from '../../protocol/labForms';
import type { ModelConfig } from '../../protocol/modelConfig';
import type { Chunks } from '../devices/device';
import { elementCount } from '../model/parameters';
import { expectedShapes } from '../model/shapes';
import type { WeightSource } from '../model/weights';
import { RandomStream } from '../tensor/random';

/**
 * The weights that a model starts from, all from one seed. `normal`: deviation 0.02, and 0.02/√(2L) for what is added to
 * the hidden state, so that its size does not grow with the number of layers (Radford et al. 2019, section 2.3); `xavier`
 * √(2/(inputs + outputs)) (Glorot & Bengio 2010, eq. 12); `he` √(2/inputs) (He et al. 2015, eq. 10). Rows of a table have
 * as many inputs as channels. Norms start as 1 and biases as 0. A weight starts the same whatever else a model has, so
 * that models which differ in one thing differ in that alone.
 */
export function initialWeights(
  config: ModelConfig,
  seed: number,
  initialisation: Initialisation = 'normal',
): WeightSource {
  const shapes = expectedShapes(config);
  const streams = streamsOf(config);
  const shape = (name: string): readonly number[] => {
    const found = shapes.get(name);
    if (found === undefined) throw fail('tensor-missing', { tensor: name });
    return found;
  };
  return {
    names: [...shapes.keys()],
    has: (name) => shapes.has(name),
    shape,
    chunks: (name) => {
      const length = elementCount(shape(name));
      if (name.endsWith('.bias') || isNorm(name)) {
        return whole(new Float32Array(length).fill(name.endsWith('.bias') ? 0 : 1));
      }
      const deviation = deviations[initialisation]({ name, shape: shape(name), config });
      const random = new RandomStream(seed, streams.get(name) ?? 0);
      return whole(Float32Array.from({ length }, (_, index) => deviation * random.normal(index)));
    },
  };
}

interface Matrix {
  readonly name: string;
  readonly shape: readonly number[];
  readonly config: ModelConfig;
}

const deviations: Readonly<Record<Initialisation, (matrix: Matrix) => number>> = {
  normal: ({ name, config }) =>
    name.endsWith('.c_proj.weight') ? 0.02 / Math.sqrt(2 * config.layers) : 0.02,
  xavier: ({ shape }) => Math.sqrt(2 / (shape[0] + shape[1])),
  he: ({ name, shape }) => Math.sqrt(2 / (isTable(name) ? shape[1] : shape[0])),
};

/** The stream of each weight: its place among those of GPT-2, and behind them for what GPT-2 does not have. */
function streamsOf(config: ModelConfig): ReadonlyMap<string, number> {
  const gpt2: ModelConfig = {
    ...config,
    ...{ norm: 'layer', normPlace: 'pre', position: 'learned', activation: 'gelu_new' },
    ...{ biases: true, tied: true },
  };
  const known = [...expectedShapes(gpt2).keys()];
  const others = [...Array(config.layers).keys()].map((block) => `h.${block}.mlp.c_gate.weight`);
  return new Map([...known, 'lm_head.weight', ...others].map((name, index) => [name, index]));
}

/** Tables lie [rows, C], linear layers [inputs, outputs]. */
function isTable(name: string): boolean {
  return /^(wte|wpe|lm_head)\./.test(name);
}

function isNorm(name: string): boolean {
  return /(^|\.)ln_\w+\./.test(name);
}

async function* whole(values: Float32Array): Chunks {
  yield await Promise.resolve({ offset: 0, values });
}
