/** How unsure the lens is of a state, and how far its prediction is from the last one's: sums over the vocabulary. */
import { html } from 'lit';
import type { Lens } from '../../src/protocol/runs';
import { lensName } from '../derivedNames';
import { at, range } from '../picture/at';
import { ledger, type LedgerLine } from '../picture/ledger';
import type { Inspector } from '../view';
import { layerName, lensToken } from '../views/repeatLens';
import type { Derivation } from './derivation';
import { lensState } from './lensState';
import { knownLines } from './termLines';
import { unembeddingRow } from './vectorNumbers';

const digits = 4;
const shown = 5;

export function lensMeasure(
  inspector: Inspector,
  [measure = '', ...at]: readonly string[],
): Derivation {
  const [layer = 0, position = 0] = at.map(Number);
  const { subject, labels, numbers } = inspector;
  const { run } = subject.value;
  const token = position + run.dropped;
  const place = { step: 'repeat', block: Math.max(0, layer - 1), token } as const;
  const lens = numbers.ask('lens', { top: shown });
  if (!lens) return { content: undefined, place };
  const made = (measure === 'entropy' ? entropy : divergence)(inspector, lens, [layer, position]);
  if (!made) return { content: undefined, place };
  const { terms, value, label } = made;
  const count = subject.value.model.config.vocabulary;
  return {
    content: html`<p class="what">
        ${labels.tokenChip(position)} <span class="dim">${layerName(inspector, layer)}</span>
      </p>
      ${ledger(
        knownLines(inspector, terms, { total: value, count }),
        [{ label, value, result: true }],
        { digits },
      )}`,
    place,
  };
}

interface Measured {
  readonly terms: readonly LedgerLine[];
  readonly value: number;
  readonly label: string;
}

type Cell = readonly [layer: number, position: number];

/** p · log₂ 1/p of the tokens that the state finds likeliest. */
function entropy({ labels }: Inspector, lens: Lens, [layer, position]: Cell): Measured {
  const terms = range(lens.shape[2]).map((rank) => {
    const { id, probability: p } = lensToken(lens, { layer, position }, rank);
    const bits = p > 0 ? -Math.log2(p) : 0;
    const links = { left: lensName(layer, position, id) };
    return { label: labels.chip(id), left: p, right: bits, value: p * bits, links };
  });
  const value = at(lens.entropyBits, layer * lens.shape[1] + position);
  return { terms, value, label: '∑ p · log₂ 1/p' };
}

/** p · log₂ p/q of the tokens that the last state finds likeliest: p is its chance there, q here. */
function divergence(
  inspector: Inspector,
  lens: Lens,
  [layer, position]: Cell,
): Measured | undefined {
  const { labels } = inspector;
  const [states, positions, top] = lens.shape;
  const state = lensState(inspector, layer, position);
  if (!state) return undefined;
  const index = layer * positions + position;
  const value = at(lens.divergenceBits, index);
  const label = '∑ p · log₂ p/q';
  const terms: LedgerLine[] = [];
  for (const rank of range(top)) {
    const { id, probability: p } = lensToken(lens, { layer: states - 1, position }, rank);
    const row = unembeddingRow(inspector, id);
    if (!row) return undefined;
    const logit = row.reduce((sum, weight, i) => sum + weight * at(state.read, i), 0);
    const bits = Math.log2(p) - (logit - at(lens.logSumExp, index)) / Math.LN2;
    const links = {
      left: lensName(states - 1, position, id),
      right: lensName(layer, position, id),
    };
    terms.push({ label: labels.chip(id), left: p, right: bits, value: p * bits, links });
  }
  return { terms, value, label };
}
