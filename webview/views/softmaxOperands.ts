/** The softmax of the pointed row, written out key by key. */
import { html, nothing, type TemplateResult } from 'lit';
import { exponentialName } from '../derivedNames';
import { namedFormula } from '../formula';
import { pressed } from '../numberLinks';
import { numberName, type NumberName } from '../numberPlace';
import { at } from '../picture/at';
import { fixed } from '../picture/numbers';
import type { Inspector } from '../view';
import { arePulledByRows, cellNow, rowOf, scoreRow } from './headNumbers';
import { seenKeys } from './maskNumbers';

/** Scores of the row, their exponentials, and what share each has of the sum. */
export function softmax(inspector: Inspector): TemplateResult | undefined {
  const { t, labels, place } = inspector;
  const cell = cellNow(inspector);
  const [query, key] = cell;
  const row = scoreRow(inspector, query);
  const weights = rowOf(inspector, query);
  if (!row || !weights) return arePulledByRows(inspector) ? who(inspector, cell) : undefined;
  const keys = seenKeys(inspector, query);
  const largest = keys.reduce((most, each) => Math.max(most, at(row, each)), -Infinity);
  const { block, head } = place.value;
  const open = (part: string, each: number): NumberName =>
    numberName(`blocks.${String(block)}.attn.${part}`, [head, query, each]);
  const exponential = (each: number) => Math.exp(at(row, each) - largest);
  const shown = shownKeys(weights, keys, key);
  const hidden = keys.filter((each) => !shown.includes(each));
  const sum = (of: (each: number) => number, over: readonly number[]) =>
    over.reduce((total, each) => total + of(each), 0);
  const weight = (each: number) => at(weights, each);
  return html`${who(inspector, cell)}
    <table class="ledger soft">
      ${softmaxHead(inspector)}
      <tbody>
        ${shown.map(
          (each) =>
            html`<tr class=${each === key ? 'on' : nothing}>
              <th scope="row">${labels.token(each)}</th>
              <td>${pressed(fixed(at(row, each)), open('scores', each))}</td>
              <td>${pressed(fixed(exponential(each)), exponentialName(open('scores', each)))}</td>
              <td class="product">
                ${pressed(fixed(weight(each)), open('pattern', each), each === key ? 'stop' : 'inside')}
              </td>
            </tr>`,
        )}
        ${
          hidden.length > 0
            ? html`<tr>
                <th scope="row">${t('inspector.others', { n: hidden.length })}</th>
                <td></td>
                <td>${fixed(sum(exponential, hidden))}</td>
                <td class="product">${fixed(sum(weight, hidden))}</td>
              </tr>`
            : nothing
        }
      </tbody>
      <tfoot>
        <tr>
          <th scope="row">∑</th>
          <td>max ${fixed(largest, 2)}</td>
          <td>${fixed(sum(exponential, keys))}</td>
          <td class="product">${fixed(sum(weight, keys))}</td>
        </tr>
      </tfoot>
    </table>`;
}

function softmaxHead({ t }: Inspector): TemplateResult {
  return html`<thead>
    <tr>
      <th scope="col">${t('inspector.key')}</th>
      <th scope="col">${namedFormula('score', 's')}</th>
      <th scope="col">${namedFormula('exponential', 'exp(s − max)')}</th>
      <th scope="col">${t('inspector.weight')}</th>
    </tr>
  </thead>`;
}

/** All keys of a short row; of a long one the 16 strongest and the pointed one, in order of position. */
function shownKeys(weights: Float32Array, keys: readonly number[], key: number): readonly number[] {
  if (keys.length <= 18) return keys;
  const strong = 16;
  const least = at(
    Float32Array.from(keys, (each) => at(weights, each)).sort(),
    keys.length - strong,
  );
  const above = keys.filter((each) => at(weights, each) > least);
  const equal = keys.filter((each) => at(weights, each) === least);
  const strongest = [...above, ...equal.slice(0, strong - above.length)];
  return [...new Set([...strongest, key])].sort((a, b) => a - b);
}

/** The query and the key that a number is about. */
export function who(
  { t, labels }: Inspector,
  [query, key]: readonly [number, number],
): TemplateResult {
  return html`<p class="what">
    <span class="role q">${t('inspector.query')}</span>${labels.tokenChip(query)}
    <span class="role k">${t('inspector.key')}</span>${labels.tokenChip(key)}
  </p>`;
}
