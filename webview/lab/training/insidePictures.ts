/** What a snapshot is drawn as. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Snapshot } from '../../../src/protocol/labApi';
import type { Labels } from '../../labels';
import { range } from '../../picture/at';
import { fixed, percent } from '../../picture/numbers';
import { probabilityList } from '../../picture/probabilities';
import { cellStyle } from '../../picture/palette';
import { probabilityScale } from '../../picture/scale';
import { styleMap } from '../../picture/styleMap';
import { twin } from '../../picture/table';
import type { Lab } from '../lab';
import { embeddingMap } from './embeddingMap';
import type { Plane } from './flatten';
import { patternMap } from './patternMap';

export interface Seen {
  readonly snapshot: Snapshot;
  readonly labels: Labels;
  readonly plane: Plane;
}

export function insidePictures(lab: Lab, seen: Seen): TemplateResult {
  const { snapshot, labels, plane } = seen;
  const size = Math.max(200, Math.min(380, lab.width.value));
  return html`<div class="sides" data-step=${snapshot.step}>
    ${embeddingMap(lab, {
      embedding: snapshot.embedding,
      plane,
      labels,
      marked: Array.from(snapshot.ids),
      size,
    })}
    ${snapshot.pattern ? patternMap(lab, snapshot, { labels, size }) : nothing}
    ${guesses(lab, seen)} ${lens(lab, seen)} ${surprise(lab, seen)}
  </div>`;
}

/** What follows the sentence. */
function guesses({ t }: Lab, { snapshot, labels }: Seen): TemplateResult {
  return html`<section>
    <h2>${t('lab.inside.next')}</h2>
    ${probabilityList(
      snapshot.guesses.map(({ id, probability }) => ({ label: labels.chip(id), probability })),
    )}
  </section>`;
}

/** What each layer would say at each position, coloured by how sure it is. */
function lens({ t }: Lab, { snapshot, labels }: Seen): TemplateResult | typeof nothing {
  const { shape, ids, probabilities } = snapshot.lens;
  const [rows, positions, top] = shape;
  if (rows < 2) return nothing;
  return html`<section class="lens-table">
    <h2>${t('lab.inside.lens')}</h2>
    <div class="scroll" tabindex="0" role="region" aria-label=${t('lab.inside.lens')}>
      <table class="listing">
        <thead>
          <tr>
            <td></td>
            ${Array.from(snapshot.ids, (id) => html`<th scope="col">${labels.chip(id)}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${[...range(rows)].reverse().map(
            (row) =>
              html`<tr>
                <th scope="row">
                  ${row === 0 ? t('lab.inside.embedding') : t('inspector.blockN', { n: row - 1 })}
                </th>
                ${range(positions).map((position) => {
                  const at = (row * positions + position) * top;
                  const probability = probabilities[at] ?? Number.NaN;
                  return html`<td
                    style=${styleMap(cellStyle(probabilityScale, probability))}
                    title=${percent(probability)}
                  >
                    ${labels.plainId(ids[at] ?? 0)}
                  </td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
  </section>`;
}

/** How surprising each token of the sentence is. */
function surprise({ t }: Lab, { snapshot, labels }: Seen): TemplateResult {
  return html`<section>
    <h2>${t('lab.inside.nats')}</h2>
    ${twin({
      caption: t('lab.inside.natsSays'),
      columns: [t('inspector.token'), t('lab.unit.natsShort')],
      rows: Array.from(snapshot.ids, (id, position) => ({
        heading: labels.chip(id),
        cells: [fixed(snapshot.nats[position] ?? Number.NaN, 3)],
      })),
      visibility: 'shown',
    })}
  </section>`;
}
