/** What decided for a token of the generated line: its chance when it was drawn, as far as that can be made again. */
import { html, nothing } from 'lit';
import type { GeneratedToken } from '../../src/protocol/engineApi';
import type { Distribution } from '../../src/protocol/sampling';
import { chanceName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { numberName } from '../numberPlace';
import { at } from '../picture/at';
import { fixed, percent } from '../picture/numbers';
import type { Inspector } from '../view';
import { sameDraw } from '../views/appendDraw';
import { fetched } from '../views/predictAnswer';
import type { Derivation } from './derivation';

export function generated(inspector: Inspector, [index = '']: readonly string[]): Derivation {
  const { state, subject, numbers, labels, t } = inspector;
  const { generation, sampling } = state.value;
  const token = generation.tokens[Number(index)];
  const text = generation.promptLength + Number(index);
  const position = text - subject.value.run.dropped;
  const place = { step: 'append', token: text } as const;
  if (token === undefined) return { content: undefined };
  // What stands after the cursor is in no run, and what went out of the window in another.
  const isInRun = position > 0 && position < subject.value.length;
  const before = position - 1;
  const question = { position: before, sampling, step: Number(index), rows: fetched };
  const found = isInRun ? numbers.ask('distribution', question) : undefined;
  if (isInRun && !found) return { content: undefined, place };
  const isSame = found !== undefined && isSameToken(found, token);
  const of = (what: 'p' | 'kept' | 'entropy') =>
    isSame
      ? chanceName({
          what,
          position: before,
          sampling,
          ...(what !== 'entropy' && { id: token.id }),
        })
      : undefined;
  const isDrawn = token.draw !== undefined;
  return {
    content: html`<p class="what">${labels.chip(token.id)}</p>
      ${isSame ? nothing : html`<p class="dim small">${t('deriving.notAgain')}</p>`}
      <dl class="facts ledger">
        <dt>${t('inspector.logit')}</dt>
        <dd class="num">
          ${pressed(fixed(token.logit), isInRun ? numberName('logits', [before, token.id]) : undefined, 'stop')}
        </dd>
        <dt>${t('inspector.probability')}</dt>
        <dd class="num">
          ${pressed(percent(token.probability), of(isDrawn ? 'kept' : 'p'), 'stop')}
        </dd>
        <dt>${t('inspector.entropy')}</dt>
        <dd class="num">
          ${pressed(fixed(token.entropyBits, 2), of('entropy'), 'stop')} ${t('inspector.bits')}
        </dd>
      </dl>`,
    place,
  };
}

/** Whether the settings still lead to this token: they, or the window, may have been others then. */
function isSameToken(found: Distribution, token: GeneratedToken): boolean {
  if (token.draw !== undefined) return sameDraw(found, token) !== undefined;
  const rank = found.ids.indexOf(token.id);
  // Equal logits up to the float32 rounding of the cached pass, as in `sameDraw`.
  return rank >= 0 && Math.abs(at(found.probabilities, rank) - token.probability) < 1e-4;
}
