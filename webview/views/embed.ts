/** Step 3: the token's row, the position's row, their sum; the row's norm and its nearest neighbours. */
import { html, nothing, type TemplateResult } from 'lit';
import { normName } from '../derivedNames';
import { numberName } from '../numberPlace';
import { at, norm } from '../picture/at';
import { ledger, type LedgerLine } from '../picture/ledger';
import { fixed, shapeText } from '../picture/numbers';
import { columnAt } from '../picture/pointer';
import { signedScale, type SignedScale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { bars } from '../picture/strip';
import { clamp } from '../place';
import { explanation } from '../side';
import type { Inspector, Size, View } from '../view';
import { watch } from '../watch';
import { channelEnds } from './channelEnds';
import { channelLens, type NamedVector } from './channelLens';
import { embedMap } from './embedMap';
import { neighbours } from './neighbours';
import { normHistogram } from './normHistogram';
import { positionEditor, standsAt } from './positionEditor';
import { vectorTwin } from './vectorTwin';
import { title } from './title';

export function embed(inspector: Inspector): View {
  const { set, size } = inspector;
  const map = embedMap(inspector);
  return {
    stage: () => {
      const vectors = vectorsOf(inspector);
      return html`${title(inspector, 'embed', headline(inspector))}
        ${vectors ? sum(inspector, vectors) : nothing}
        <div class=${isNarrow(size.value) ? 'stacked' : 'two'}>
          ${neighbours(inspector)} ${normHistogram(inspector)}
        </div>
        ${positionEditor(inspector)} ${map()}`;
    },
    side: () => {
      const vectors = vectorsOf(inspector);
      const { length, model } = inspector.subject.value;
      return explanation(inspector, {
        step: 'embed',
        formulas: ['embed'],
        shapes: [shapeText(length), shapeText(length, model.config.width)],
        operands: vectors ? operands(inspector, vectors) : undefined,
      });
    },
    moves: {
      // With the picture focused the arrows move the channel; see `sum`.
      enter: () => {
        set({ channel: channelOf(inspector) });
        return true;
      },
    },
  };
}

function headline(inspector: Inspector): TemplateResult {
  const { labels, place, subject, t } = inspector;
  const { position } = place.value;
  const id = subject.value.run.ids[position] ?? 0;
  return html`${labels.tokenChip(position)} ${t('inspector.id')} ${id} · ${t('inspector.position')}
  ${position}${stands(inspector, position)}`;
}

/** Where the token was put, when that is not its own place. */
function stands(inspector: Inspector, position: number): string {
  const { t } = inspector;
  const at = standsAt(inspector, position);
  if (at === position) return '';
  return ` → ${at === undefined ? t('views.position.nowhere') : String(at)}`;
}

/** Token, position (where the model has such rows) and sum. */
function vectorsOf({ numbers, place, subject, t }: Inspector): readonly NamedVector[] | undefined {
  const index = [place.value.position];
  const token = numbers.activation('embed', index);
  const hasRows = ['learned', 'sinusoidal'].includes(subject.value.model.config.position);
  const position = hasRows ? numbers.activation('pos_embed', index) : undefined;
  const sum = numbers.activation('blocks.0.resid_pre', index);
  if (!token || !sum || (hasRows && !position)) return undefined;
  const [asToken, asPosition, asSum] = [
    { name: 'embed', operator: '', label: t('inspector.tokenVector') },
    { name: 'pos_embed', operator: '+', label: t('inspector.positionVector') },
    { name: 'blocks.0.resid_pre', operator: '=', label: t('inspector.sum') },
  ];
  return [
    { ...asToken, values: token.values },
    ...(position ? [{ ...asPosition, values: position.values }] : []),
    { ...asSum, values: sum.values },
  ];
}

function channelOf({ pointed, place }: Inspector): number {
  return pointed.value?.channel ?? place.value.channel;
}

function sum(inspector: Inspector, vectors: readonly NamedVector[]): TemplateResult {
  const { t, point, set, place, subject, size } = inspector;
  const scale = signedScale(...vectors.map(({ values }) => values));
  const { width } = subject.value.model.config;
  const { channel } = place.value;
  const { position } = place.value;
  const table = vectorTwin(
    inspector,
    t('inspector.step.embed'),
    vectors.map((each) => ({ ...each, from: numberName(each.name, [position]) })),
  );
  if (place.value.table) return html`${table}`;
  const speak = () =>
    `${String(channel)}: ${vectors.map(({ operator, values }) => `${operator} ${fixed(at(values, channel))}`).join(' ')}`;
  return html`<div
      class=${isNarrow(size.value) ? 'aligned narrow' : 'aligned'}
      tabindex="0"
      role="slider"
      aria-label=${t('inspector.dimension')}
      aria-valuemin="0"
      aria-valuemax=${width - 1}
      aria-valuenow=${channel}
      aria-valuetext=${speak()}
      @keydown=${(event: KeyboardEvent) => {
        const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
        if (by === undefined) return;
        event.preventDefault();
        event.stopPropagation();
        point(undefined);
        set({ channel: clamp(channel + by, 0, width - 1) });
      }}
    >
      ${vectors.map((vector) => vectorRow(inspector, vector, scale))} ${channelAxis(inspector)}
    </div>
    <div
      class="scroll"
      @mouseleave=${() => {
        point(undefined);
      }}
    >
      ${watch(() => channelLens(inspector, { vectors, position, channel: channelOf(inspector), room: size.value.width }))}
    </div>
    <div class="legend">${scaleBar(scale, t)}</div>
    ${table}`;
}

/** The two ends of what the bars stand for, from left to right. */
function channelAxis(inspector: Inspector): TemplateResult {
  const { size, subject } = inspector;
  return html`<div class="vector ends" aria-hidden="true">
    <span class="vname"></span>
    ${channelEnds(inspector, subject.value.model.config.width, barsWidth(size.value))}
  </div>`;
}

/** What the name and the norm leave of the stage; under them where it is narrow. */
function barsWidth(size: Size): number {
  return Math.max(120, size.width - (isNarrow(size) ? 0 : 164));
}

function isNarrow({ width }: Size): boolean {
  return width < 480;
}

function vectorRow(inspector: Inspector, vector: NamedVector, scale: SignedScale): TemplateResult {
  const { size, t, point, set, subject, place } = inspector;
  const width = barsWidth(size.value);
  const channels = subject.value.model.config.width;
  return html`<div class="vector">
    <span class="vname"><span class="op">${vector.operator}</span>${vector.label}</span>
    <span
      class="bars"
      @mousemove=${(event: MouseEvent) => {
        point({ channel: columnAt(event, channels) });
      }}
      @mouseleave=${() => {
        point(undefined);
      }}
      @click=${(event: MouseEvent) => {
        set({ channel: columnAt(event, channels) });
      }}
      >${bars(vector.values, {
        width,
        height: isNarrow(size.value) ? 40 : 58,
        scale,
        cursor: () => channelOf(inspector),
      })}</span
    >
    <span
      class="num vnorm"
      title=${t('inspector.norm')}
      data-number=${normName(numberName(vector.name, [place.value.position]))}
      >‖${fixed(norm(vector.values), 2)}‖</span
    >
  </div>`;
}

function operands(inspector: Inspector, vectors: readonly NamedVector[]): TemplateResult {
  const { place, t } = inspector;
  const channel = channelOf(inspector);
  const where = `[${String(place.value.position)}, ${String(channel)}]`;
  const lines: LedgerLine[] = vectors.slice(0, -1).map(({ name, values }) => ({
    label: `${name}${where}`,
    value: at(values, channel),
    links: { value: numberName(name, [place.value.position, channel]) },
  }));
  const total = vectors.at(-1);
  return html`<p class="what"><code>blocks.0.resid_pre${where}</code></p>
    ${ledger(lines, [
      {
        label: t('inspector.sum'),
        value: total ? at(total.values, channel) : Number.NaN,
        result: true,
        link: numberName('blocks.0.resid_pre', [place.value.position, channel]),
      },
    ])}`;
}
