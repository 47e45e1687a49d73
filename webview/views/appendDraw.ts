/** How the newest token was drawn, on the same bar as in Predict. */
import { html, nothing, type TemplateResult } from 'lit';
import type { GeneratedToken } from '../../src/protocol/engineApi';
import type { Distribution } from '../../src/protocol/sampling';
import type { Inspector } from '../view';
import { fetched } from './predictAnswer';
import { drawBar } from './predictBar';

export function appendDraw(inspector: Inspector, token: GeneratedToken): TemplateResult {
  const { t, labels } = inspector;
  const heading = html`<h2>${t('inspector.drawHere')} ${labels.chip(token.id)}</h2>`;
  const { draw, interval } = token;
  if (draw === undefined || interval === undefined) {
    return html`${heading}
      <p class="verdict-line">${t('inspector.greedySays')} ${labels.chip(token.id)}</p>`;
  }
  const before = distributionBefore(inspector);
  const whole = sameDraw(before, token);
  return html`${heading}
  ${before && !whole ? html`<p class="dim small">${t('inspector.drawUnknown')}</p>` : nothing}
  ${drawBar(inspector, {
    ids: whole?.ids ?? [],
    kept: whole?.kept ?? [],
    keptCount: whole?.keptCount ?? 0,
    pick: token,
    draw,
    interval,
    height: 24,
  })}`;
}

/** The distribution the token was drawn from, read from the run that holds the token as its last. */
function distributionBefore({ numbers, subject, state }: Inspector): Distribution | undefined {
  const { generation, sampling } = state.value;
  const position = subject.value.length - 2;
  if (position < 0) return undefined;
  return numbers.ask('distribution', {
    position,
    sampling,
    step: generation.cursor - 1,
    rows: fetched,
  });
}

/**
 * Only a distribution that leads to this very token by this very draw may stand under it: the settings may have been
 * others then, or the window another. The intervals are sums of float64 of equal logits up to float32 rounding of the
 * cached pass, hence the tolerance.
 */
export function sameDraw(
  distribution: Distribution | undefined,
  token: GeneratedToken,
): Distribution | undefined {
  const pick = distribution?.pick;
  if (pick?.id !== token.id || pick.draw !== token.draw || !pick.interval || !token.interval)
    return undefined;
  const [from, to] = [pick.interval[0] - token.interval[0], pick.interval[1] - token.interval[1]];
  return Math.max(Math.abs(from), Math.abs(to)) < 1e-4 ? distribution : undefined;
}
