/** The generated line as a table: each token with how sure the model was and what decided. */
import { html, nothing, type TemplateResult } from 'lit';
import type { GeneratedToken } from '../../src/protocol/engineApi';
import { chain } from '../chain';
import { madeName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { fixed, grouped, percent, unknown } from '../picture/numbers';
import { track } from '../picture/probabilities';
import type { Inspector } from '../view';

export function lineTable(inspector: Inspector): TemplateResult {
  const { t, state, labels } = inspector;
  const { tokens } = state.value.generation;
  const chips = chain(
    labels,
    tokens.map(({ id }) => id),
  );
  return html`<div class="scroll">
    <table class="line-table">
      <caption class="sr">
        ${t('inspector.generated')}
      </caption>
      <thead>
        <tr>
          <th scope="col" class="num">#</th>
          <th scope="col">${t('inspector.token')}</th>
          <th scope="col" class="num">${t('inspector.probability')}</th>
          <td class="bar-cell"></td>
          <th scope="col" class="num">${t('inspector.rank')}</th>
          <th scope="col" class="num">u</th>
          <th scope="col" class="num">${t('inspector.entropy')}</th>
          <th scope="col" class="num wide">ms</th>
        </tr>
      </thead>
      <tbody>
        ${tokens.map((token, index) => lineRow(inspector, token, { index, chip: chips[index] }))}
      </tbody>
    </table>
  </div>`;
}

function lineRow(
  { host, state, language }: Inspector,
  token: GeneratedToken,
  { index, chip }: { readonly index: number; readonly chip: TemplateResult | undefined },
): TemplateResult {
  const { cursor } = state.value.generation;
  const isHere = index === cursor - 1;
  return html`<tr
    class=${`${isHere ? 'here' : ''}${index >= cursor ? ' after' : ''}`}
    aria-current=${isHere ? 'true' : nothing}
  >
    <th scope="row" class="num">${index + 1}</th>
    <td>
      <button
        data-focus=${`line-${index}`}
        @click=${() => {
          host.goTo({ generated: index + 1 });
        }}
      >
        ${chip}
      </button>
    </td>
    <td class="num">
      ${pressed(percent(token.probability), madeName(index), index === 0 ? 'stop' : 'inside')}
    </td>
    <td class="bar-cell">${track(token.probability, 1)}</td>
    <td class="num">${pressed(grouped(token.rank, language), madeName(index))}</td>
    <td class="num">${token.draw === undefined ? unknown : fixed(token.draw, 4)}</td>
    <td class="num">${pressed(fixed(token.entropyBits, 2), madeName(index))}</td>
    <td class="num wide">${fixed(token.ms, 1)}</td>
  </tr>`;
}
