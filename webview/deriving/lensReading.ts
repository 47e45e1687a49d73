/** What the logit lens reads in a state for one token: the state through the final norm, times the token's row, to a probability. */
import { html } from 'lit';
import type { Lens } from '../../src/protocol/runs';
import { elementName } from '../numberPlace';
import { at } from '../picture/at';
import { ledger, topProducts, type LedgerLine } from '../picture/ledger';
import { grouped, percent } from '../picture/numbers';
import type { Inspector } from '../view';
import { layerName, lensFacts } from '../views/repeatLens';
import type { Derivation } from './derivation';
import { lensState, type LensState } from './lensState';
import { unembeddingRow } from './vectorNumbers';

export function lensReading(inspector: Inspector, parts: readonly string[]): Derivation {
  const [layer = 0, position = 0, id = 0] = parts.map(Number);
  const place = {
    step: 'repeat',
    block: Math.max(0, layer - 1),
    token: position + inspector.subject.value.run.dropped,
  } as const;
  const { numbers, labels, t, language } = inspector;
  const lens = numbers.ask('lens', { top: 1, watch: id });
  const state = lensState(inspector, layer, position);
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
        ${lensFacts(inspector, lens, { layer, position })}
      </dl>
      <p class="dim small">${t('verify.lensFacts')}</p>`,
    place,
  };
}

interface Cell {
  readonly id: number;
  /** Of the cell in the lens. */
  readonly index: number;
  readonly lens: Lens;
}

function probability(
  inspector: Inspector,
  { name, read, values }: LensState,
  { id, index, lens }: Cell,
): unknown {
  const { subject, t, language } = inspector;
  const { config } = subject.value.model;
  const row = unembeddingRow(inspector, id);
  if (!row) return undefined;
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
