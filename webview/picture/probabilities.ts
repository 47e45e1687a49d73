import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from './styleMap';

import { pressed } from '../numberLinks';
import type { NumberName } from '../numberPlace';
import type { LedgerLabel } from './ledger';
import { percent, roundEnd } from './numbers';

/** Tokens with their probability as a bar of linear length, whose end is named under it. */
export interface ProbabilityRow {
  readonly label: LedgerLabel;
  readonly probability: number;
  readonly chosen?: boolean;
  /** The name of the probability, which leads to what it is made of. */
  readonly number?: NumberName | undefined;
}

export function probabilityList(rows: readonly ProbabilityRow[]): TemplateResult {
  const end = roundEnd(Math.max(...rows.map(({ probability }) => probability)));
  return html`<ol class="probabilities">
    ${rows.map(
      ({ label, probability, chosen, number }) =>
        html`<li class=${chosen ? 'on' : nothing}>
          <span class="token-name">${label}</span>${track(probability, end)}<span class="num"
            >${pressed(percent(probability), number, 'stop')}</span
          >
        </li>`,
    )}
    <li class="axis-row" aria-hidden="true"><span></span>${trackEnds(end)}<span></span></li>
  </ol>`;
}

/** A bar whose full length is `end`. */
export function track(probability: number, end: number): TemplateResult {
  const width = `${Math.min(1, probability / end) * 100}%`;
  return html`<span class="track" aria-hidden="true"><i style=${styleMap({ width })}></i></span>`;
}

export function trackEnds(end: number): TemplateResult {
  return html`<span class="track-ends"><span>0</span><span>${end * 100} %</span></span>`;
}
