/** Predict of two runs: the likeliest next tokens of both with their probabilities, and how far the distributions are apart. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Distribution, SamplingSettings } from '../../src/protocol/sampling';
import { chanceName, type ChanceOf } from '../derivedNames';
import { pressed } from '../numberLinks';
import type { NumberName } from '../numberPlace';
import { at } from '../picture/at';
import { fixed, fixedWithSign, grouped, percent } from '../picture/numbers';
import { signedScaleTo } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { bars } from '../picture/strip';
import { explanation } from '../side';
import type { Inspector, ViewMaker } from '../view';
import { title } from '../views/title';
import { movePair, pairLabel, type Both, type Compared } from './compared';
import { frame } from './frame';

/** Of each side's likeliest tokens. */
const listed = 10;

export const predictionComparison: ViewMaker = (inspector) => ({
  stage: () => {
    const { t } = inspector;
    return frame(inspector, title(inspector, 'predict'), (compared) => {
      const both = distributions(inspector, compared);
      return html`<h2>${t('compare.after', { token: pairLabel(inspector, compared.pair) })}</h2>
        ${both ? content(inspector, both, nameOf(inspector, compared)) : nothing}`;
    });
  },
  side: () => explanation(inspector, { step: 'predict', formulas: ['predict'] }),
  moves: { x: (by) => movePair(inspector, by) },
});

interface Two {
  readonly a: Distribution;
  readonly b: Distribution;
}

/** The whole distributions: a token of one top may be far down in the other. */
function distributions(inspector: Inspector, { a, b, pair }: Compared): Two | undefined {
  const { numbers, other, state } = inspector;
  if (pair.before === undefined || pair.after === undefined) return undefined;
  const step = state.value.generation.cursor;
  const { sampling } = state.value;
  const was = numbers.ask('distribution', {
    position: pair.before,
    sampling,
    step,
    rows: a.model.config.vocabulary,
  });
  const is = other.numbers.ask('distribution', {
    position: pair.after,
    sampling: other.comparison.value?.other?.sampling ?? sampling,
    step,
    rows: b.model.config.vocabulary,
  });
  return was && is && { a: was, b: is };
}

interface Row {
  /** What the token's chance is called on either side; undefined where a side has no such token. */
  readonly links: Both<NumberName>;
  readonly name: TemplateResult;
  readonly key: string;
  readonly a: number;
  readonly b: number;
}

/** The names of what the predictions of a pair tell. */
type NameOf = (side: 'a' | 'b', what: ChanceOf['what'], id?: number) => NumberName;

function nameOf({ state, other }: Inspector, { pair }: Compared): NameOf {
  const { sampling } = state.value;
  const settings: Readonly<Record<'a' | 'b', SamplingSettings>> = {
    a: sampling,
    b: other.comparison.value?.other?.sampling ?? sampling,
  };
  return (side, what, id) =>
    chanceName({
      what,
      position: (side === 'a' ? pair.before : pair.after) ?? 0,
      sampling: settings[side],
      ...(id !== undefined && { id }),
    });
}

function content(inspector: Inspector, two: Two, name: NameOf): TemplateResult {
  const { t, size } = inspector;
  const rows = rowsOf(inspector, two, name);
  const moved = Float32Array.from(rows, ({ a, b }) => b - a);
  const end = moved.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
  const scale = signedScaleTo(end);
  return html`<table class="plain compared-table probabilities">
      <thead>
        <tr>
          <th scope="col">${t('inspector.token')}</th>
          <th scope="col" class="num">A</th>
          <th scope="col" class="num">B</th>
          <th scope="col" class="num">B − A</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ name, key, a, b, links }, i) =>
            html`<tr data-token=${key}>
              <th scope="row">${name}</th>
              <td class="num">${pressed(percent(a), links.a, i === 0 ? 'stop' : 'inside')}</td>
              <td class="num" data-side="b">${pressed(percent(b), links.b)}</td>
              <td class="num">${fixedWithSign(100 * (b - a), 2)}</td>
            </tr>`,
        )}
      </tbody>
    </table>
    <p class="dim small">${t('compare.points')}</p>
    <div role="img" aria-label=${t('compare.probabilities')}>
      ${bars(moved, { width: Math.min(size.value.width, 32 * rows.length), height: 60, scale })}
    </div>
    <div class="legend">${scaleBar(scale, t, 'B − A')}</div>
    ${measures(inspector, two, name)}`;
}

function measures(inspector: Inspector, two: Two, nameOf: NameOf): TemplateResult {
  const { t } = inspector;
  const bits = divergence(inspector, two);
  const digits = (what: ChanceOf['what']): number => (what === 'mass' ? 0 : 2);
  const line = (what: ChanceOf['what'], name: string, of: (distribution: Distribution) => number) =>
    html`<tr>
      <th scope="row">${name}</th>
      <td class="num">${pressed(fixed(of(two.a), digits(what)), nameOf('a', what), 'stop')}</td>
      <td class="num" data-side="b">
        ${pressed(fixed(of(two.b), digits(what)), nameOf('b', what))}
      </td>
      <td class="num">${fixedWithSign(of(two.b) - of(two.a), digits(what))}</td>
    </tr>`;
  return html`<table class="plain compared-table">
      <thead>
        <tr>
          <td></td>
          <th scope="col" class="num">A</th>
          <th scope="col" class="num">B</th>
          <th scope="col" class="num">B − A</th>
        </tr>
      </thead>
      <tbody>
        ${line('entropy', `${t('inspector.entropy')} (${t('inspector.bits')})`, (of) => of.entropyBits)}
        ${line('gap', t('inspector.gap'), (of) => of.logitGap)}
        ${line('mass', t('compare.keptTokens'), (of) => of.keptCount)}
        <tr>
          <th scope="row">${t('compare.pick')}</th>
          <td class="num">${inspector.labels.chip(two.a.pick.id)}</td>
          <td class="num">${inspector.other.labels.chip(two.b.pick.id)}</td>
          <td></td>
        </tr>
      </tbody>
    </table>
    ${
      bits === undefined
        ? html`<p class="dim">${t('compare.otherVocabulary')}</p>`
        : html`<dl class="measures compared-measures">
            <dt>${t('compare.kl')}</dt>
            <dd class="num" data-measure="divergence">${fixed(bits)} ${t('inspector.bits')}</dd>
          </dl>`
    }
    <p class="dim small">
      ${t('compare.vocabularies', { a: grouped(two.a.vocabulary), b: grouped(two.b.vocabulary) })}
    </p>`;
}

/** The likeliest tokens of both. Two models may number them differently: what counts is their text. */
function rowsOf(inspector: Inspector, { a, b }: Two, nameOf: NameOf): readonly Row[] {
  const { labels, other } = inspector;
  const [inA, inB] = [byName(a, labels), byName(b, other.labels)];
  const names = new Map<string, TemplateResult>();
  for (const id of a.ids.subarray(0, listed)) names.set(labels.plainId(id), labels.chip(id));
  for (const id of b.ids.subarray(0, listed)) {
    const name = other.labels.plainId(id);
    if (!names.has(name)) names.set(name, other.labels.chip(id));
  }
  const link = (side: 'a' | 'b', found: { readonly id: number } | undefined) =>
    found && nameOf(side, 'kept', found.id);
  return [...names]
    .map(([key, name]) => ({
      name,
      key,
      a: inA.get(key)?.chance ?? Number.NaN,
      b: inB.get(key)?.chance ?? Number.NaN,
      links: { a: link('a', inA.get(key)), b: link('b', inB.get(key)) },
    }))
    .toSorted((one, two) => Math.max(two.a || 0, two.b || 0) - Math.max(one.a || 0, one.b || 0));
}

/** Probabilities that tokens are drawn with, by their names. */
function byName(
  { ids, kept }: Distribution,
  labels: Inspector['labels'],
): ReadonlyMap<string, { readonly id: number; readonly chance: number }> {
  return new Map(
    Array.from(ids, (id, rank) => [labels.plainId(id), { id, chance: at(kept, rank) }]),
  );
}

/** KL(A ‖ B) of the distributions before the cut, in bits; undefined where the vocabularies are not the same. */
function divergence({ labels, other }: Inspector, { a, b }: Two): number | undefined {
  if (a.vocabulary !== b.vocabulary) return undefined;
  const of = new Float64Array(b.vocabulary);
  b.ids.forEach((id, rank) => {
    of[id] = at(b.probabilities, rank);
  });
  let bits = 0;
  for (const [rank, id] of a.ids.entries()) {
    if (other.hasOwnModel && labels.plainId(id) !== other.labels.plainId(id)) return undefined;
    const p = at(a.probabilities, rank);
    if (p > 0) bits += p * Math.log2(p / at(of, id));
  }
  return Math.max(0, bits);
}
