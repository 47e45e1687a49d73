/** What each state of the chosen pair would predict in both runs, and how the chance of A's final token differs. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Lens } from '../../src/protocol/runs';
import { lensName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { at, range } from '../picture/at';
import { fixedWithSign, percent } from '../picture/numbers';
import { signedScale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { bars } from '../picture/strip';
import type { Inspector } from '../view';
import { layerName, lensToken } from '../views/repeatLens';
import { pairLabel, type Compared } from './compared';

export function lensesCompared(
  inspector: Inspector,
  compared: Compared,
): TemplateResult | typeof nothing {
  const { t, numbers, other } = inspector;
  const { pair, a, b } = compared;
  const [was, is] = [numbers.ask('lens', { top: 1 }), other.numbers.ask('lens', { top: 1 })];
  if (!was || !is) return nothing;
  const rows = Math.max(a.model.config.layers, b.model.config.layers) + 1;
  const followed = followedToken(inspector, compared, was);
  return html`<h2>${t('inspector.lens')} · ${pairLabel(inspector, pair)}</h2>
    <table class="plain compared-table lenses">
      <thead>
        <tr>
          <th scope="col">${t('inspector.block')}</th>
          <th scope="col">A</th>
          <th scope="col" class="num">p</th>
          <th scope="col">B</th>
          <th scope="col" class="num">p</th>
          ${followed ? columns(inspector, followed) : nothing}
        </tr>
      </thead>
      <tbody>
        ${range(rows).map(
          (layer) =>
            html`<tr>
              <th scope="row">${layerName(inspector, layer)}</th>
              ${likeliest(inspector, was, { layer, position: pair.before, side: 'a' })}
              ${likeliest(inspector, is, { layer, position: pair.after, side: 'b' })}
              ${followed ? chances(followed, layer) : nothing}
            </tr>`,
        )}
      </tbody>
    </table>
    ${followed ? picture(inspector, followed) : nothing}`;
}

interface CellOf {
  readonly layer: number;
  readonly position: number | undefined;
  readonly side: 'a' | 'b';
}

function likeliest(
  { labels, other }: Inspector,
  lens: Lens,
  { layer, position, side }: CellOf,
): TemplateResult {
  if (position === undefined || layer >= lens.shape[0])
    return html`<td></td>
      <td></td>`;
  const { id, probability } = lensToken(lens, { layer, position });
  const names = side === 'a' ? labels : other.labels;
  return html`<td>${names.chip(id)}</td>
    <td class="num" data-side=${side}>
      ${pressed(percent(probability), lensName(layer, position, id))}
    </td>`;
}

/** The token that A ends with at this pair: its chance in every state of both runs, where both number tokens alike. */
interface Followed {
  readonly id: number;
  readonly before: number;
  readonly after: number;
  /** In [0, 1], one for each state. */
  readonly a: Float32Array;
  readonly b: Float32Array;
  readonly moved: Float32Array;
}

function followedToken(
  { numbers, other }: Inspector,
  { pair: { before, after } }: Compared,
  was: Lens,
): Followed | undefined {
  if (before === undefined || after === undefined || other.hasOwnModel) return undefined;
  const [states] = was.shape;
  const { id } = lensToken(was, { layer: states - 1, position: before });
  const question = { top: 1, watch: id };
  const both = [numbers.ask('lens', question), other.numbers.ask('lens', question)] as const;
  const [first, second] = both;
  if (!first || !second) return undefined;
  const chancesIn = ({ shape, watchedProbability }: Lens, position: number) =>
    Float32Array.from(range(states), (layer) =>
      at(watchedProbability, layer * shape[1] + position),
    );
  const [a, b] = [chancesIn(first, before), chancesIn(second, after)];
  return { id, before, after, a, b, moved: b.map((p, layer) => p - at(a, layer)) };
}

function columns({ labels }: Inspector, { id }: Followed): TemplateResult {
  return html`<th scope="col" class="num">${labels.chip(id)} A</th>
    <th scope="col" class="num">B</th>
    <th scope="col" class="num">B − A</th>`;
}

function chances({ id, before, after, a, b, moved }: Followed, layer: number): TemplateResult {
  return html`<td class="num" data-side="a" data-chance="a">
      ${pressed(percent(at(a, layer)), lensName(layer, before, id))}
    </td>
    <td class="num" data-side="b" data-chance="b">
      ${pressed(percent(at(b, layer)), lensName(layer, after, id))}
    </td>
    <td class="num" data-chance="moved">${fixedWithSign(100 * at(moved, layer), 2)}</td>`;
}

function picture({ t, size, labels }: Inspector, { id, moved }: Followed): TemplateResult {
  const scale = signedScale(moved);
  const label = t('deriving.lensMoved', { token: labels.plainId(id) });
  return html`<p class="dim small">${label} ${t('compare.points')}</p>
    <div role="img" aria-label=${label}>
      ${bars(moved, { width: Math.min(size.value.width, 40 * moved.length), height: 48, scale })}
    </div>
    <div class="legend">${scaleBar(scale, t, 'B − A')}</div>`;
}
