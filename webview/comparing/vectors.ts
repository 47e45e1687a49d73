/** Two vectors and their difference: as strips, as norms and cosine, and the channels that changed most as numbers. */
import { html, nothing, type TemplateResult } from 'lit';
import { pressed } from '../numberLinks';
import { apartName, cosineAcrossName, normName } from '../derivedNames';
import { elementName, type NumberName } from '../numberPlace';
import { at, cosine, norm, range } from '../picture/at';
import { fixed, fixedWithSign } from '../picture/numbers';
import { signedScale, type Scale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { strip } from '../picture/strip';
import { styleMap } from '../picture/styleMap';
import type { Inspector, Size } from '../view';
import { vectorTwin } from '../views/vectorTwin';
import { difference, type Both } from './compared';

export interface VectorPair extends Both<Float32Array> {
  readonly caption: string;
  /** What an index of the vectors counts. */
  readonly axis: string;
  /** The vectors of the runs that they are. */
  readonly names: Both<NumberName>;
}

const listed = 8;
/** Of the names of the rows, and of the norms behind them. */
const besides = 190;

export function vectorPair(inspector: Inspector, pair: VectorPair): TemplateResult {
  const { t } = inspector;
  const { a, b, caption } = pair;
  const moved = difference(pair);
  const own = signedScale(...[a, b].filter((vector) => vector !== undefined));
  const change = moved && signedScale(moved);
  return html`<section class="compared-vectors">
    <h2>${caption}</h2>
    <div class="vector-rows">
      ${row(inspector, 'A', { vector: a, scale: own, name: pair.names.a })}
      ${row(inspector, 'B', { vector: b, scale: own, name: pair.names.b })}
      ${moved && change ? row(inspector, 'B − A', { vector: moved, scale: change, name: undefined }) : nothing}
      ${ends(inspector, pair)}
    </div>
    <div class="legend">
      ${scaleBar(own, t, 'A, B')} ${change ? scaleBar(change, t, 'B − A') : nothing}
    </div>
    ${moved && a && b ? numbers(inspector, pair, { a, b, moved }) : reason(inspector, pair)}
  </section>`;
}

interface DrawnVector {
  readonly vector: Float32Array | undefined;
  readonly scale: Scale;
  /** What it is called on its side. */
  readonly name: NumberName | undefined;
}

function row(
  { size }: Inspector,
  side: 'A' | 'B' | 'B − A',
  { vector, scale, name }: DrawnVector,
): TemplateResult {
  const width = stripWidth(size.value);
  return html`<span class="side-mark">${side}</span>
    ${vector ? strip(vector, { width, height: 18, scale }) : html`<i class="hatch gap"></i>`}
    <span class="num dim" data-side=${side === 'B' ? 'b' : nothing}
      >${vector ? html`‖·‖ ${pressed(fixed(norm(vector)), name && normName(name), 'stop')}` : nothing}</span
    >`;
}

/** The axis of the strips: what counts from its left end to its right one. */
function ends({ size }: Inspector, { a, b, axis }: VectorPair): TemplateResult | typeof nothing {
  const shown = a ?? b;
  if (shown === undefined) return nothing;
  return html`<span></span
    ><span
      class="track-ends"
      aria-hidden="true"
      style=${styleMap({ width: `${String(stripWidth(size.value))}px` })}
      ><span>${axis} 0</span><span>${shown.length - 1}</span></span
    ><span></span>`;
}

function stripWidth({ width }: Size): number {
  return Math.max(80, width - besides);
}

interface Known {
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly moved: Float32Array;
}

function numbers(
  inspector: Inspector,
  { caption, axis, names }: VectorPair,
  { a, b, moved }: Known,
): TemplateResult {
  const { t } = inspector;
  const apart = names.a && names.b && apartName(names.a, names.b);
  const angle = names.a && names.b && cosineAcrossName(names.a, names.b);
  return html`<dl class="measures compared-measures">
      <dt>‖B − A‖</dt>
      <dd class="num" data-measure="distance">${pressed(fixed(norm(moved)), apart, 'stop')}</dd>
      <dt>‖B − A‖ ÷ ‖A‖</dt>
      <dd class="num" data-measure="relative">
        ${pressed(fixed(norm(moved) / norm(a)), apart, 'stop')}
      </dd>
      <dt>${t('compare.cosine')}</dt>
      <dd class="num" data-measure="cosine">${pressed(fixed(cosine(a, b), 4), angle, 'stop')}</dd>
    </dl>
    ${norm(moved) === 0 ? html`<p class="dim">${t('compare.equal')}</p>` : largest(inspector, { axis, names }, { a, b, moved })}
    ${vectorTwin(inspector, caption, [
      { label: 'A', values: a, from: names.a },
      { label: 'B', values: b, from: names.b, side: 'b' },
      { label: 'B − A', values: moved },
    ])}`;
}

/** The numbers that differ most, those first. */
function largest(
  { t }: Inspector,
  { axis, names }: Pick<VectorPair, 'axis' | 'names'>,
  { a, b, moved }: Known,
): TemplateResult {
  const order = range(moved.length).toSorted(
    (i, j) => Math.abs(at(moved, j)) - Math.abs(at(moved, i)),
  );
  return html`<table class="plain compared-table">
    <caption class="dim small">
      ${t('compare.largest', { n: Math.min(listed, moved.length) })}
    </caption>
    <thead>
      <tr>
        <th scope="col">${axis}</th>
        <th scope="col" class="num">A</th>
        <th scope="col" class="num">B</th>
        <th scope="col" class="num">B − A</th>
      </tr>
    </thead>
    <tbody>
      ${order.slice(0, listed).map(
        (index) =>
          html`<tr data-index=${index}>
            <th scope="row" class="mono">${index}</th>
            <td class="num">
              ${pressed(fixed(at(a, index)), names.a && elementName(names.a, index), index === order[0] ? 'stop' : 'inside')}
            </td>
            <td class="num" data-side="b">
              ${pressed(fixed(at(b, index)), names.b && elementName(names.b, index))}
            </td>
            <td class="num">${fixedWithSign(at(moved, index))}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}

/** Why there is no difference; nothing while the numbers are on their way. */
function reason({ t }: Inspector, { a, b }: VectorPair): TemplateResult | typeof nothing {
  if (!a || !b || a.length === b.length) return nothing;
  return html`<p class="dim">${t('compare.otherWidth', { a: a.length, b: b.length })}</p>`;
}
