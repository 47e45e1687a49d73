/** The rows of the embedding table that point most nearly the same way as the chosen token's. */
import { html, nothing, type TemplateResult } from 'lit';
import { aboutPart } from '../parts';
import { styleMap } from '../picture/styleMap';
import { cosineName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { numberName } from '../numberPlace';
import { fixed } from '../picture/numbers';
import type { Inspector } from '../view';

const shown = 8;

export function neighbours(inspector: Inspector): TemplateResult {
  const { subject, place, numbers, labels, t } = inspector;
  const id = subject.value.run.ids[place.value.position] ?? 0;
  const own = numberName('embed', [place.value.position]);
  const facts = numbers.ask('tokenFacts', { id, neighbours: shown });
  return html`<section>
    <h2>${t('inspector.nearest')} ${aboutPart(inspector, 'embed.neighbours')}</h2>
    ${
      facts
        ? html`<ol class="near">
            ${facts.nearest.map(
              ({ id: other, cosine }) =>
                html`<li>
                  ${labels.chip(other)}
                  <span class="track" aria-hidden="true"
                    ><i style=${styleMap({ width: `${String(Math.max(0, cosine) * 100)}%` })}></i
                  ></span>
                  <span class="num"
                    >${pressed(fixed(cosine), cosineName(own, numberName('wte.weight', [other])), 'stop')}</span
                  >
                </li>`,
            )}
            <li class="axis">
              <span></span><span class="track-ends"><span>0</span><span>1</span></span
              ><span class="dim small">${t('inspector.cosine')}</span>
            </li>
          </ol>`
        : nothing
    }
  </section>`;
}
