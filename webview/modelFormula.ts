/** Which formula a step has in this model: a formula with a bias is not shown for a model that has none. */
import type { ModelConfig } from '../src/protocol/modelConfig';
import type { FormulaName } from './formula';

export function modelFormula(config: ModelConfig, name: FormulaName): FormulaName {
  const { biases, normPlace, norm, position, activation } = config;
  if (name === 'siluGated') return biases ? 'siluGatedBiased' : 'siluGated';
  if (name === 'embed') return addsRows.has(position) ? 'embed' : 'embedToken';
  const isPost = normPlace === 'post' && norm !== 'none';
  if (name === 'residual') return isPost ? 'residualPost' : 'residual';
  if (name === 'repeat' && activation === 'none')
    return isPost ? 'repeatAttentionPost' : 'repeatAttention';
  if (name === 'repeat') return isPost ? 'repeatPost' : 'repeat';
  return biases ? name : (unbiased[name] ?? name);
}

/** Ways to say the position that add a row to the token's. */
const addsRows: ReadonlySet<ModelConfig['position']> = new Set(['learned', 'sinusoidal']);

const unbiased: Partial<Record<FormulaName, FormulaName>> = {
  query: 'queryUnbiased',
  key: 'keyUnbiased',
  value: 'valueUnbiased',
  output: 'outputUnbiased',
  feedforward: 'feedforwardUnbiased',
  feedforwardOut: 'feedforwardOutUnbiased',
};
