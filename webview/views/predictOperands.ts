/** One token's probability written out, and which part of the model wrote its logit. */
import { html, nothing, type TemplateResult } from 'lit';
import { aboutPart } from '../parts';
import { styleMap } from '../picture/styleMap';
import type { Contributions } from '../../src/protocol/runs';
import { chanceName, shareName } from '../derivedNames';
import { numberName, type NumberName } from '../numberPlace';
import { at, largestMagnitude, range } from '../picture/at';
import { scaleBar } from '../picture/scaleBar';
import { ledger, type LedgerLine } from '../picture/ledger';
import { pressed } from '../numberLinks';
import { fixed, grouped, percent } from '../picture/numbers';
import { cellStyle } from '../picture/palette';
import { signedScaleTo, type Scale } from '../picture/scale';
import { roving } from '../roving';
import type { Inspector } from '../view';
import type { Prediction } from './predictAnswer';

export function predictOperands(
  inspector: Inspector,
  prediction: Prediction,
  id: number,
): TemplateResult {
  const { t, labels, numbers, subject } = inspector;
  const rank = prediction.distribution.ids.indexOf(id);
  const position = subject.value.length - 1;
  const contributions = numbers.ask('contributions', { position, id });
  return html`<p class="what">
      ${labels.chip(id)}
      <span class="dim"
        >${t('inspector.id')}
        ${id}${rank < 0 ? nothing : ` · ${t('inspector.rank')} ${rank + 1}`}</span
      >
    </p>
    ${rank < 0 ? nothing : probabilityLedger(inspector, prediction, { rank, position, links: sumsOf(prediction, position) })}
    ${contributions ? contributionTable(inspector, contributions, id) : nothing}`;
}

interface TokenAt {
  readonly rank: number;
  /** Of the run. */
  readonly position: number;
  /** The sums over the vocabulary that the logit is divided by. */
  readonly links: { readonly sum: NumberName; readonly mass: NumberName };
}

function sumsOf({ settings: sampling }: Prediction, position: number): TokenAt['links'] {
  return {
    sum: chanceName({ what: 'sum', position, sampling }),
    mass: chanceName({ what: 'mass', position, sampling }),
  };
}

/** logit ÷ T, minus the largest, exponential, over the sum, over what the cut kept. */
export function probabilityLedger(
  { t, language }: Inspector,
  { settings, distribution }: Prediction,
  { rank, position, links }: TokenAt,
): TemplateResult {
  const { logits, kept, keptCount, keptMass, maxLogit, sumExp, vocabulary, probabilities } =
    distribution;
  // Greedy picks without a temperature; its probabilities are those at temperature 1.
  const temperature = settings.temperature === 0 ? 1 : settings.temperature;
  const logit = at(logits, rank);
  const lines: LedgerLine[] = [
    {
      label: t('inspector.logit'),
      value: logit,
      links: { value: numberName('logits', [position, at(distribution.ids, rank)]) },
    },
    { label: `÷ ${fixed(temperature, 2)}`, value: logit / temperature },
    { label: 'exp(· − max)', value: Math.exp((logit - maxLogit) / temperature) },
    {
      label: `÷ ∑ ${grouped(vocabulary, language)}`,
      value: sumExp,
      links: { value: links.sum },
    },
  ];
  const isKept = rank < keptCount;
  return ledger(lines, [
    {
      label: 'p',
      value: percent(at(probabilities, rank)),
      ...(keptCount === vocabulary ? { result: true as const } : {}),
    },
    ...(keptCount === vocabulary
      ? []
      : [
          {
            label: isKept
              ? html`÷ ${pressed(fixed(keptMass, 3), links.mass, 'stop')} (${t('inspector.cutoff')})`
              : t('inspector.underCut'),
            value: isKept ? percent(at(kept, rank)) : '0',
            result: true as const,
          },
        ]),
  ]);
}

function contributionTable(
  inspector: Inspector,
  contributions: Contributions,
  id: number,
): TemplateResult {
  const { t, labels } = inspector;
  const { heads, attentionBias, feedForward, normBias, logit } = contributions;
  const sum = (values: ArrayLike<number>): number =>
    Array.from(values).reduce((total, x) => total + x, 0);
  return html`<h2>
      ${t('inspector.contribution')} ${labels.chip(id)} ${aboutPart(inspector, 'predict.shares')}
    </h2>
    ${parts(inspector, contributions, id)}
    ${ledger(
      [
        ...embeddingLines(inspector, contributions, id),
        { label: `${t('inspector.head')} × ${heads.length}`, value: sum(heads) },
        { label: `${t('inspector.ffn')} × ${feedForward.length}`, value: sum(feedForward) },
        { label: t('inspector.biases'), value: sum(attentionBias) + normBias },
      ],
      [
        {
          label: t('inspector.logit'),
          value: logit,
          result: true,
          link: numberName('logits', [inspector.subject.value.length - 1, id]),
        },
      ],
    )}`;
}

/** What the token's row and, where there are any, the position's wrote. */
function embeddingLines(
  { t, subject }: Inspector,
  { embed, position }: Contributions,
  id: number,
): readonly LedgerLine[] {
  const { length, model } = subject.value;
  const line = (label: string, name: string, value: number): LedgerLine => ({
    label,
    value,
    links: { value: shareName(numberName(name, [length - 1]), id) },
  });
  const hasRows = ['learned', 'sinusoidal'].includes(model.config.position);
  return [
    line(t('inspector.tokenVector'), 'embed', embed),
    ...(hasRows ? [line(t('inspector.positionVector'), 'pos_embed', position)] : []),
  ];
}

/** A row for each block, a column for each head and one for the feed-forward; digits where there is room. */
function parts(
  inspector: Inspector,
  { heads, feedForward }: Contributions,
  id: number,
): TemplateResult {
  const { subject, t } = inspector;
  const position = subject.value.length - 1;
  const { layers, heads: perBlock } = subject.value.model.config;
  const scale = signedScaleTo(largestMagnitude(heads, feedForward));
  const roomy = perBlock <= 6;
  const cell = (x: number, part: Part): TemplateResult =>
    contributionCell(x, { ...part, scale, roomy });
  return html`<table class=${roomy ? 'who' : 'who dense'} ${roving('move')}>
      <thead>
        <tr>
          <td></td>
          ${range(perBlock).map((head) => html`<th scope="col">${roomy ? `h${head}` : head}</th>`)}
          <th scope="col" title=${t('inspector.ffn')}>FF</th>
        </tr>
      </thead>
      <tbody>
        ${range(layers).map(
          (block) =>
            html`<tr>
              <th scope="row">${roomy ? `b${block}` : block}</th>
              ${range(perBlock).map((head) =>
                cell(at(heads, block * perBlock + head), {
                  says: `${t('inspector.blockN', { n: block })}, ${t('inspector.headN', { n: head })}`,
                  isFirst: block + head === 0,
                  number: shareName(
                    numberName(`blocks.${String(block)}.attn.result`, [position, head]),
                    id,
                  ),
                }),
              )}
              ${cell(at(feedForward, block), {
                says: `${t('inspector.blockN', { n: block })}, ${t('inspector.ffn')}`,
                isFirst: false,
                number: shareName(numberName(`blocks.${String(block)}.mlp_out`, [position]), id),
              })}
            </tr>`,
        )}
      </tbody>
    </table>
    ${scaleBar(scale, t, t('inspector.logit'))}`;
}

/** A head or a feed-forward network, and the name of its share. */
interface Part {
  readonly says: string;
  readonly number: NumberName;
  /** Whether the Tab key stops at it; arrows lead to the others. */
  readonly isFirst: boolean;
}

/** A part's share as a button that leads to what it is made of, and from there to the part. */
function contributionCell(
  x: number,
  {
    says,
    number,
    isFirst,
    scale,
    roomy,
  }: Part & { readonly scale: Scale; readonly roomy: boolean },
): TemplateResult {
  return html`<td style=${styleMap(cellStyle(scale, x))}>
    <button tabindex=${isFirst ? 0 : -1} title=${`${says}: ${fixed(x)}`} data-number=${number}>
      <span class="sr">${says}: </span
      >${roomy ? fixed(x, 1) : html`<span class="sr">${fixed(x, 1)}</span>`}
    </button>
  </td>`;
}
