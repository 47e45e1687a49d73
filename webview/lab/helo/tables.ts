/** Every number of the four-letter world: both tensors with their last update, the scores, what follows each letter. */
import { html, nothing, type TemplateResult } from 'lit';
import { at, norm } from '../../picture/at';
import { fixed, fixedWithSign, percent } from '../../picture/numbers';
import type { Lab } from '../lab';
import type { Part, PartName, World } from './world';

export function tensorTable(lab: Lab, world: World, which: PartName): TemplateResult {
  const { t } = lab;
  const part = world[which];
  return html`<section>
    <h2>
      ${t(`lab.helo.${which}`)} <small><code>${part.name}</code></small>
    </h2>
    <div class="scroll" tabindex="0" role="region" aria-label=${t(`lab.helo.${which}`)}>
      <table class="listing">
        <thead>
          <tr>
            <td></td>
            <th scope="col">x</th>
            <th scope="col">y</th>
            <th scope="col">${t('inspector.norm')}</th>
            ${
              part.last
                ? html`<th scope="col">${t('lab.gradient')}</th>
                    <th scope="col">${t('lab.update')}</th>`
                : nothing
            }
          </tr>
        </thead>
        <tbody>
          ${world.letters.map((letter, id) => tensorRow(part, letter, id))}
        </tbody>
      </table>
    </div>
  </section>`;
}

function tensorRow({ now, last }: Part, letter: string, id: number): TemplateResult {
  const [x, y] = pair(now.values, id);
  return html`<tr>
    <th scope="row">${letter}</th>
    <td>${fixed(x, 4)}</td>
    <td>${fixed(y, 4)}</td>
    <td>${fixed(norm([x, y]), 4)}</td>
    ${last ? html`<td>${both(pair(last.gradient.values, id))}</td>` : nothing}
    ${last ? html`<td>${both(difference(pair(last.before.values, id), [x, y]))}</td>` : nothing}
  </tr>`;
}

/**
 * Behind each letter: how far its station lies along each line (the score, x·u written out from both tables), and the
 * probability that the model gives.
 */
export function scoreTable({ t }: Lab, world: World): TemplateResult {
  const { letters, embedding, output, guesses } = world;
  return html`<section>
    <h2>${t('lab.helo.scores')}</h2>
    <div class="scroll" tabindex="0" role="region" aria-label=${t('lab.helo.scores')}>
      <table class="listing">
        <thead>
          <tr>
            <th scope="col">${t('lab.helo.behind')}</th>
            ${letters.map((letter) => html`<th scope="col">→ ${letter}</th>`)}
          </tr>
        </thead>
        <tbody>
          ${letters.map(
            (letter, from) =>
              html`<tr data-letter=${letter}>
                <th scope="row">${letter}</th>
                ${letters.map((_, to) => {
                  const probability = guesses[from]?.find(({ id }) => id === to)?.probability;
                  const score = dot(pair(embedding.now.values, from), pair(output.now.values, to));
                  return html`<td class=${isBest(world, from, to) ? 'best' : nothing}>
                    <b class="probability">${percent(probability ?? Number.NaN)}</b><br /><span
                      class="dim"
                      >${fixedWithSign(score, 3)}</span
                    >
                  </td>`;
                })}
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    <p class="dim small">${t('lab.helo.scoresSays')}</p>
  </section>`;
}

/** What tells explosion from collapse: the longest vector, and the closest pair of stations. */
export function geometry({ t }: Lab, { letters, embedding, output }: World): TemplateResult {
  const rows = (part: Part): number[] => letters.map((_, id) => norm(pair(part.now.values, id)));
  const gaps = letters.flatMap((_, a) =>
    letters.slice(a + 1).map((__, b) => {
      const [from, to] = [pair(embedding.now.values, a), pair(embedding.now.values, a + 1 + b)];
      return norm(difference(from, to));
    }),
  );
  const facts: readonly (readonly [string, number])[] = [
    [t('lab.helo.longestStation'), Math.max(...rows(embedding))],
    [t('lab.helo.longestLine'), Math.max(...rows(output))],
    [t('lab.helo.closest'), Math.min(...gaps)],
  ];
  return html`<dl class="facts">
    ${facts.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${fixed(value, 4)}</dd>`,
    )}
  </dl>`;
}

function isBest({ guesses }: World, from: number, to: number): boolean {
  return guesses[from]?.[0]?.id === to;
}

type Pair = readonly [number, number];

function pair(values: Float32Array, id: number): Pair {
  return [at(values, 2 * id), at(values, 2 * id + 1)];
}

function dot(a: Pair, b: Pair): number {
  return a[0] * b[0] + a[1] * b[1];
}

function difference(from: Pair, to: Pair): Pair {
  return [to[0] - from[0], to[1] - from[1]];
}

function both([x, y]: Pair): string {
  return `${fixedWithSign(x, 4)}, ${fixedWithSign(y, 4)}`;
}
