/** The numbers around one channel of several aligned vectors, as a table. */
import { html, nothing, type TemplateResult } from 'lit';
import { pressed } from '../numberLinks';
import { numberName } from '../numberPlace';
import { at } from '../picture/at';
import { fixed } from '../picture/numbers';
import { clamp } from '../place';
import type { Inspector } from '../view';

export interface NamedVector {
  /** The activation's name. */
  readonly name: string;
  /** What joins it to the row above: nothing, + or =. */
  readonly operator: string;
  readonly label: string;
  readonly values: Float32Array;
}

export interface ChannelLens {
  readonly vectors: readonly NamedVector[];
  readonly position: number;
  readonly channel: number;
  /** Width there is, in CSS pixels. */
  readonly room: number;
}

export function channelLens(
  { t }: Inspector,
  { vectors, position, channel, room }: ChannelLens,
): TemplateResult {
  const width = vectors[0]?.values.length ?? 0;
  const span = Math.min(width, room < 480 ? 5 : 9);
  const from = clamp(channel - Math.floor(span / 2), 0, width - span);
  const channels = Array.from({ length: span }, (_, i) => from + i);
  const mark = (each: number) => (each === channel ? 'on' : nothing);
  return html`<table class="lens">
    <thead>
      <tr>
        <th scope="col">${t('inspector.dimension')}</th>
        ${channels.map((each) => html`<th scope="col" class=${mark(each)}>${each}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${vectors.map(
        ({ name, operator, label, values }, row) =>
          html`<tr class=${operator === '=' ? 'total' : nothing}>
            <th scope="row">
              ${operator ? html`<span class="op">${operator} </span>` : nothing}${label}
            </th>
            ${channels.map((each) => {
              const tab = row === 0 && each === channel ? 'stop' : 'inside';
              const number = pressed(
                fixed(at(values, each)),
                numberName(name, [position, each]),
                tab,
              );
              return html`<td class=${mark(each)}>${number}</td>`;
            })}
          </tr>`,
      )}
    </tbody>
  </table>`;
}
