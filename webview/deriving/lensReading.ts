/** What the logit lens reads in a state for one token: the state through the final norm, times the token's row, to a probability. */
import { html } from 'lit';
import type { Lens } from '../../src/protocol/runs';
import { elementName, numberName, type NumberName } from '../numberPlace';
import { at } from '../picture/at';
import { ledger, topProducts, type LedgerLine } from '../picture/ledger';
import { fixed, grouped, percent } from '../picture/numbers';
import type { Inspector } from '../view';
import { layerName } from '../views/repeatLens';
import { weightName } from '../weightName';
import type { Derivation } from './derivation';
import { vectorOf } from './vectorNumbers';

export function lensReading(inspector: Inspector, parts: readonly string[]): Derivation {
  const [layer = 0, position = 0, id = 0] = parts.map(Number);
  const place = {
    step: 'repeat',
    block: Math.max(0, layer - 1),
    token: position + inspector.subject.value.run.dropped,
  } as const;
  const { numbers, labels, t, language } = inspector;
  const lens = numbers.ask('lens', { top: 1, watch: id });
  const state = stateOf(inspector, layer, position);
  if (!lens || !state) return { content: undefined, place };
  const index = layer * lens.shape[1] + position;
  return {
    content: html`<p class="what">
        ${labels.tokenChip(position)} <span class="dim">${layerName(inspector, layer)}</span> →
        ${labels.chip(id)}
      </p>
      ${probability(inspector, state, { id, index, lens })}
      <dl class="facts">
        <dt>${t('inspector.rank')}</dt>
        <dd class="num">${grouped(at(lens.watchedRank, index), language)}</dd>
        <dt>${t('inspector.entropy')}</dt>
        <dd class="num">${fixed(at(lens.entropyBits, index), 2)} ${t('inspector.bits')}</dd>
        <dt>${t('views.lens.divergence')}</dt>
        <dd class="num">${fixed(at(lens.divergenceBits, index), 2)} ${t('inspector.bits')}</dd>
      </dl>
      <p class="dim small">${t('verify.lensFacts')}</p>`,
    place,
  };
}

interface State {
  readonly name: NumberName;
  readonly values: Float32Array;
  /** What the unembedding reads: the state through the final norm, where there is one. Undefined where the file calls it otherwise. */
  readonly read: Float32Array | undefined;
}

interface Cell {
  readonly id: number;
  /** Of the cell in the lens. */
  readonly index: number;
  readonly lens: Lens;
}

function probability(
  inspector: Inspector,
  { name, read, values }: State,
  { id, index, lens }: Cell,
): unknown {
  const { subject, t, language } = inspector;
  const { config } = subject.value.model;
  const row = vectorOf(inspector, numberName(config.tied ? 'wte.weight' : 'lm_head.weight', [id]));
  if (!row || !read) return undefined;
  const { top, others, total } = topProducts(read, row);
  const lines: LedgerLine[] = top.map(({ index: channel, left, right, value }) => ({
    label: `x̂ ${String(channel)}`,
    left,
    right,
    value,
  }));
  if (others.count > 0)
    lines.push({ label: t('inspector.others', { n: others.count }), value: others.sum });
  const strongest = top[0]?.index ?? 0;
  return html`${ledger(lines, [
    { label: t('inspector.logit'), value: total },
    {
      label: `− log ∑ exp, ${grouped(config.vocabulary, language)}`,
      value: at(lens.logSumExp, index),
    },
    { label: 'p = exp(·)', value: percent(at(lens.watchedProbability, index)), result: true },
  ])}
  ${ledger([{ label: `x ${String(strongest)}`, value: at(values, strongest), links: { value: elementName(name, strongest) } }], [{ label: `x̂ ${String(strongest)} (ln_f)`, value: at(read, strongest) }])}`;
}

/** The state as the lens reads it; undefined until it is there. */
function stateOf(inspector: Inspector, layer: number, position: number): State | undefined {
  const { subject, numbers } = inspector;
  const { model } = subject.value;
  const { config } = model;
  if (config.layers === 0) return undefined;
  const name = layer === 0 ? 'blocks.0.resid_pre' : `blocks.${String(layer - 1)}.resid_post`;
  const values = numbers.activation(name, [position])?.values;
  const [gain, shift] = ['ln_f.weight', 'ln_f.bias'].map((each) => weightName(model, each));
  const weight = gain === undefined ? undefined : numbers.weight(gain)?.values;
  const bias = shift === undefined ? undefined : numbers.weight(shift)?.values;
  if (!values || (gain !== undefined && !weight) || (shift !== undefined && !bias))
    return undefined;
  const { norm: kind, normPlace, normEpsilon: epsilon } = config;
  const hasNorm = kind !== 'none' && normPlace === 'pre';
  const through = weight && normalized(values, { weight, bias, epsilon, kind });
  return { name: numberName(name, [position]), values, read: hasNorm ? through : values };
}

interface Norm {
  readonly weight: Float32Array;
  readonly bias: Float32Array | undefined;
  readonly epsilon: number;
  readonly kind: 'layer' | 'rms' | 'none';
}

/** LayerNorm (Ba et al. 2016) or RMSNorm (Zhang and Sennrich 2019) of one vector, in float64. */
function normalized(values: Float32Array, { weight, bias, epsilon, kind }: Norm): Float32Array {
  const mean = kind === 'layer' ? values.reduce((sum, value) => sum + value, 0) / values.length : 0;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const scale = 1 / Math.sqrt(square + epsilon);
  return values.map(
    (value, i) => (value - mean) * scale * at(weight, i) + (bias ? at(bias, i) : 0),
  );
}
