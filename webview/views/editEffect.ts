/** What the edits of a run changed, beside the same run without them: the prediction, the heads, the hidden state. */
import { html, nothing, type TemplateResult } from 'lit';
import { isEdited } from '../../src/protocol/runEdits';
import type { RunDifference } from '../../src/protocol/runs';
import { at, range } from '../picture/at';
import { fixed, percent } from '../picture/numbers';
import type { Inspector } from '../view';

const shownTokens = 5;
const shownHeads = 3;

export function editEffect(inspector: Inspector): TemplateResult | typeof nothing {
  const { subject, t } = inspector;
  const { edits, unedited } = subject.value;
  if (!isEdited(edits) || unedited === undefined) return nothing;
  const moved = inspector.numbers.ask('difference', { from: unedited.run });
  return html`<section class="effect">
    <h2>${t('views.edits.changed')}</h2>
    <p class="dim small">${t('views.edits.note')}</p>
    ${predictions(inspector)} ${moved ? differences(inspector, moved) : nothing}
  </section>`;
}

/** The likeliest tokens of both runs after the last position, by softmax at temperature 1. */
function predictions(inspector: Inspector): TemplateResult | typeof nothing {
  const { numbers, subject, labels, t } = inspector;
  const { unedited, length } = subject.value;
  const question = { name: 'logits', index: [length - 1] };
  const after = numbers.ask('activation', question);
  const before = numbers.askOf(unedited?.run, 'activation', question);
  if (!before || !after) return nothing;
  const [was, is] = [softmax(before.values), softmax(after.values)];
  const ids = [...new Set([...largest(was), ...largest(is)])];
  const rows = ids.toSorted((a, b) => at(is, b) - at(is, a));
  return html`<table class="plain before-after">
    <thead>
      <tr>
        <th scope="col">${t('inspector.token')}</th>
        <th scope="col" class="num">${t('views.edits.before')}</th>
        <th scope="col" class="num">${t('views.edits.after')}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (id) =>
          html`<tr data-id=${id}>
            <th scope="row">${labels.chip(id)}</th>
            <td class="num">${percent(at(was, id))}</td>
            <td class="num">${percent(at(is, id))}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

function softmax(logits: Float32Array): Float64Array {
  const max = logits.reduce((most, logit) => Math.max(most, logit), -Infinity);
  const exponentials = Float64Array.from(logits, (logit) => Math.exp(logit - max));
  const sum = exponentials.reduce((total, each) => total + each, 0);
  return exponentials.map((each) => each / sum);
}

/** Ids of the largest, in no order. */
function largest(probabilities: Float64Array): readonly number[] {
  const best: number[] = [];
  for (let id = 0; id < probabilities.length; id++) {
    best.push(id);
    if (best.length <= shownTokens) continue;
    best.sort((a, b) => at(probabilities, b) - at(probabilities, a)).pop();
  }
  return best;
}

function differences(inspector: Inspector, moved: RunDifference): TemplateResult {
  const { subject, place, t, set } = inspector;
  const { length, model } = subject.value;
  const { heads, layers } = model.config;
  const { position } = place.value;
  const order = range(layers * heads).toSorted((a, b) => at(moved.heads, b) - at(moved.heads, a));
  const state = at(moved.states, layers * length + position);
  return html`<dl class="measures">
      <dt>${t('views.edits.divergence')}</dt>
      <dd class="num">${fixed(at(moved.divergenceBits, length - 1), 3)} ${t('inspector.bits')}</dd>
      <dt>${t('views.edits.state', { n: position })}</dt>
      <dd class="num">${t('views.edits.stateMoved', { x: percent(state) })}</dd>
    </dl>
    <h3 class="small">${t('views.edits.heads')}</h3>
    <ul class="moved-heads" title=${t('views.edits.measure')}>
      ${order.slice(0, shownHeads).map((index) => {
        const [block, head] = [Math.floor(index / heads), index % heads];
        return html`<li>
          <button
            class="quiet"
            @click=${() => {
              set({ step: 'attend', open: true, block, head });
            }}
          >
            ${t('inspector.blockN', { n: block })} · ${t('inspector.headN', { n: head })}
          </button>
          <span class="num">${fixed(at(moved.heads, index), 3)}</span>
        </li>`;
      })}
    </ul>`;
}
