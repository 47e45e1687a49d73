import type { ParameterRow, ParameterTable } from '../../protocol/labLessons';
import type { ModelConfig } from '../../protocol/modelConfig';
import { elementCount, modelSize } from '../model/parameters';
import { expectedShapes, fusedWidth, hasFeedForward, hasFinalNorm } from '../model/shapes';

const floatBytes = 4;
/** Of one weight: its value, its gradient, and AdamW's two means. */
const trainedCopies = 4;
/** Rows whose logits are there at once. */
const logitRows = 256;

/** Where every parameter of a config is, and what the model costs; `batch` sequences are trained on at once. */
export function parameterTable(config: ModelConfig, batch: number): ParameterTable {
  const rows = Array.from(expectedShapes(config), ([name, shape]) => rowOf(name, shape));
  const { parameters, weightBytes, cacheBytes } = modelSize(config);
  const flopsPerToken = forwardFlops(config);
  const kept = activationValues(config, batch);
  return {
    rows,
    parameters,
    neurons: hasFeedForward(config) ? config.layers * config.hidden : 0,
    weightBytes,
    cacheBytes,
    trainingBytes: floatBytes * (trainedCopies * parameters + kept),
    flopsPerToken,
    // Backward, each product is made twice: for what it reads and for its weights (Kaplan et al. 2020, section 2.1).
    trainingFlopsPerToken: 3 * flopsPerToken,
  };
}

function rowOf(name: string, shape: readonly number[]): ParameterRow {
  const parameters = elementCount(shape);
  const block = /^h\.(\d+)\./.exec(name)?.[1];
  return {
    name,
    shape,
    parameters,
    bytes: parameters * floatBytes,
    part: partOf(name),
    block: block === undefined ? undefined : Number(block),
  };
}

function partOf(name: string): ParameterRow['part'] {
  if (name.startsWith('wte.')) return 'embedding';
  if (name.startsWith('wpe.')) return 'position';
  if (name.startsWith('lm_head.')) return 'output';
  if (name.includes('.attn.')) return 'attention';
  return name.includes('.mlp.') ? 'feedforward' : 'norm';
}

/** Products alone: 2 for each weight of a matrix, and scores and mixing with as many keys as the context has. */
function forwardFlops(config: ModelConfig): number {
  const { layers, width, hidden, heads, headSize, context, vocabulary } = config;
  const attention = fusedWidth(config) * width + heads * headSize * width;
  const seen = 2 * context * heads * headSize;
  const products = config.activation === 'silu_gated' ? 3 : 2;
  const feedForward = hasFeedForward(config) ? products * width * hidden : 0;
  return 2 * (layers * (attention + seen + feedForward) + width * vocabulary);
}

/** Values that `training/` keeps from the way forward for the way back, and gradients on the way. */
function activationValues(config: ModelConfig, batch: number): number {
  const { layers, width, hidden, heads, headSize, context, vocabulary } = config;
  const rows = batch * context;
  const mixed = heads * headSize;
  const fused = fusedWidth(config);
  const gated = config.activation === 'silu_gated';
  const norm = config.norm === 'none' ? 0 : width;
  const attention = norm + fused + mixed + 2 * width + heads * context;
  const feedForward = norm + (gated ? 4 : 2) * hidden + 2 * width;
  const block = attention + (hasFeedForward(config) ? feedForward : 0);
  const positions = config.position === 'learned' || config.position === 'sinusoidal' ? width : 0;
  const ends = width + positions + (hasFinalNorm(config) ? width : 0);
  const gradients = 2 * width + fused + mixed + (gated ? 2 : 1) * hidden;
  const losses = rows + Math.min(logitRows, rows) * vocabulary;
  return rows * (layers * block + ends + gradients) + losses;
}
