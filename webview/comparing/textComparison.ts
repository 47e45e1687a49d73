/** Context, tokenize and append of two texts: what goes in, how it is cut, and how expected each token was. */
import { html, nothing, type TemplateResult } from 'lit';
import type { AlignedPair } from '../../src/protocol/alignment';
import { surprisalName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { spelled, type Labels } from '../labels';
import { range } from '../picture/at';
import { bars } from '../picture/strip';
import { fixed, fixedWithSign, grouped } from '../picture/numbers';
import { signedScale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import type { Inspector, Subject, ViewMaker } from '../view';
import { heading } from '../views/title';
import { choosePair, movePair, type Compared } from './compared';
import { frame } from './frame';
import { kindKeys } from './pairList';

/** Rows of a table on either side of the chosen one. */
const around = 32;

export const contextComparison: ViewMaker = (inspector) => ({
  stage: () =>
    frame(inspector, heading(inspector, { step: 'context' }), ({ a, b }) => {
      const { t } = inspector;
      return html`<div class="two-texts">${text('A', a)} ${text('B', b)}</div>
        <p class="dim small">${t('compare.window', { a: room(a), b: room(b) })}</p>`;
    }),
  moves: { x: (by) => movePair(inspector, by) },
});

function room({ length, model }: Subject): string {
  return `${grouped(length)} / ${grouped(model.config.context)}`;
}

function text(name: string, { text: whole, tokens, run }: Subject): TemplateResult {
  const from = tokens.starts[run.dropped] ?? 0;
  return html`<section>
    <h2><span class="side-mark">${name}</span></h2>
    <code class="so-far" tabindex="0" role="region" aria-label=${name}
      >${spelled(whole.slice(from))}</code
    >
  </section>`;
}

export const tokenizeComparison: ViewMaker = (inspector) => ({
  stage: () =>
    frame(inspector, heading(inspector, { step: 'tokenize' }), (compared) => {
      const { t } = inspector;
      return table(inspector, compared, {
        columns: [t('inspector.id'), t('inspector.id')],
        cells: ({ a, b }, pair) => [idAt(a, pair.before), idAt(b, pair.after)],
      });
    }),
  moves: { x: (by) => movePair(inspector, by) },
});

function idAt({ run }: Subject, position: number | undefined): string {
  return position === undefined ? '' : String(run.ids[position] ?? '');
}

export const appendComparison: ViewMaker = (inspector) => ({
  stage: () =>
    frame(inspector, heading(inspector, { step: 'append' }), (compared) => {
      const { t } = inspector;
      const says = t('inspector.surprisal');
      return html`${surprisalBars(inspector, compared)}
      ${table(inspector, compared, {
        columns: [`${says} A`, `${says} B`, 'B − A'],
        cells: ({ a, b }, pair) => {
          const [was, is] = [bitsAt(a, pair.before), bitsAt(b, pair.after)];
          return [
            bits(fixed(was, 2), pair.before),
            bits(fixed(is, 2), pair.after),
            fixedWithSign(is - was, 2),
          ];
        },
      })}`;
    }),
  moves: { x: (by) => movePair(inspector, by) },
});

/** The first token has none: nothing stands before it. */
function bits(text: string, position: number | undefined): string | TemplateResult {
  return pressed(
    text,
    position === undefined || position === 0 ? undefined : surprisalName(position),
  );
}

/** NaN for a token that is not there, and for the first, which nothing stands before. */
function bitsAt({ run }: Subject, position: number | undefined): number {
  return position === undefined ? Number.NaN : (run.surprisalBits[position] ?? Number.NaN);
}

function surprisalBars(
  { t, size }: Inspector,
  { a, b, pairs }: Compared,
): TemplateResult | typeof nothing {
  const moved = Float32Array.from(pairs, ({ before, after }) => {
    const bits = bitsAt(b, after) - bitsAt(a, before);
    return Number.isNaN(bits) ? 0 : bits;
  });
  const scale = signedScale(moved);
  const total = ({ run }: Subject): number =>
    run.surprisalBits.subarray(1).reduce((sum, bits) => sum + bits, 0);
  return html`<h2>${t('compare.surprisal')}</h2>
    <div role="img" aria-label=${t('compare.surprisal')}>
      ${bars(moved, { width: size.value.width, height: 60, scale })}
    </div>
    <div class="legend">${scaleBar(scale, t, `B − A, ${t('inspector.bits')}`)}</div>
    <dl class="measures compared-measures">
      <dt>Σ A</dt>
      <dd class="num" data-measure="bits-a">${fixed(total(a), 2)} ${t('inspector.bits')}</dd>
      <dt>Σ B</dt>
      <dd class="num" data-measure="bits-b">${fixed(total(b), 2)} ${t('inspector.bits')}</dd>
    </dl>`;
}

interface TableOf {
  readonly columns: readonly string[];
  /** Those of A, of B, and what else there is. */
  readonly cells: (compared: Compared, pair: AlignedPair) => readonly (string | TemplateResult)[];
}

/** The pairs around the chosen one: both tokens, what became of them, and the numbers of the step. */
function table(inspector: Inspector, compared: Compared, of: TableOf): TemplateResult {
  const { t, labels, other } = inspector;
  const { pairs, at } = compared;
  const from = Math.max(0, at - around);
  const shown = pairs.slice(from, at + around + 1);
  const [first = '', second = '', ...rest] = of.columns;
  return html`<table class="plain compared-table">
      <thead>
        <tr>
          <th scope="col">#</th>
          <th scope="col">A</th>
          <th scope="col">B</th>
          <th scope="col">${t('compare.what')}</th>
          ${[first, second, ...rest].map((name) => html`<th scope="col" class="num">${name}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${range(shown.length).map((i) => {
          const pair = shown[i];
          if (pair === undefined) return nothing;
          return html`<tr
            class=${pair.kind}
            aria-current=${from + i === at ? 'true' : nothing}
            @click=${() => {
              choosePair(inspector, compared, from + i);
            }}
          >
            <th scope="row" class="mono">${from + i}</th>
            <td>${tokenAt(labels, pair.before)}</td>
            <td>${tokenAt(other.labels, pair.after)}</td>
            <td class="dim">${t(kindKeys[pair.kind])}</td>
            ${of.cells(compared, pair).map((cell, side) => html`<td class="num" data-side=${side === 1 ? 'b' : nothing}>${cell}</td>`)}
          </tr>`;
        })}
      </tbody>
    </table>
    ${
      shown.length < pairs.length
        ? html`<p class="dim small">
            ${t('inspector.positionsShown', { from, to: from + shown.length - 1, n: grouped(pairs.length) })}
          </p>`
        : nothing
    }`;
}

function tokenAt(labels: Labels, position: number | undefined): TemplateResult | typeof nothing {
  return position === undefined ? nothing : labels.tokenChip(position);
}
