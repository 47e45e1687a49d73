/** Stages W_O and + residual: what each head writes, their sum with the bias, and what that is added to. */
import { html, nothing, type TemplateResult } from 'lit';
import { namedFormula } from '../formula';
import { normName } from '../derivedNames';
import { numberName, type NumberName } from '../numberPlace';
import { norm, part, range } from '../picture/at';
import { fixed } from '../picture/numbers';
import { columnAt } from '../picture/pointer';
import { signedScale, type SignedScale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { bars, strip } from '../picture/strip';
import type { Inspector } from '../view';
import { weightName } from '../weightName';
import { channelEnds } from './channelEnds';
import { restingCell } from './headNumbers';
import { vectorTwin } from './vectorTwin';

export interface Write {
  readonly label: string;
  readonly operator: '' | '+' | '=';
  readonly values: Float32Array;
  /** Whether it is the open head's own. */
  readonly own: boolean;
  /** The vector of the run that it is; a bias is none. */
  readonly from?: NumberName;
}

/** The rows of a stage in order; the last is the sum of the others. Undefined until all are there. */
export function writesOf(
  inspector: Inspector,
  stage: 'output' | 'residual',
): readonly Write[] | undefined {
  const rows = stage === 'output' ? headWrites(inspector) : streamWrites(inspector);
  const known = rows.filter((row) => row.values !== undefined);
  return known.length === rows.length ? (known as Write[]) : undefined;
}

type Pending = Omit<Write, 'values'> & { readonly values: Float32Array | undefined };

function headWrites(inspector: Inspector): readonly Pending[] {
  const { numbers, place, subject, t } = inspector;
  const [query] = restingCell(inspector);
  const { block, head } = place.value;
  const { model } = subject.value;
  const name = `blocks.${String(block)}`;
  const results = numbers.activation(`${name}.attn.result`, [query]);
  const biasName = weightName(model, `h.${String(block)}.attn.c_proj.bias`);
  const heads = range(model.config.heads).map((each): Pending => ({
    label: t('inspector.headN', { n: each }),
    operator: each === 0 ? '' : '+',
    values: results && part(results, each),
    own: each === head,
    from: numberName(`${name}.attn.result`, [query, each]),
  }));
  const bias: readonly Pending[] = biasName
    ? [{ label: 'b_O', operator: '+', values: numbers.weight(biasName)?.values, own: false }]
    : [];
  const sum = numbers.activation(`${name}.attn_out`, [query])?.values;
  const from = numberName(`${name}.attn_out`, [query]);
  return [...heads, ...bias, { label: 'attn_out', operator: '=', values: sum, own: false, from }];
}

function streamWrites(inspector: Inspector): readonly Pending[] {
  const { numbers, place } = inspector;
  const [query] = restingCell(inspector);
  const row = (label: string, operator: Write['operator']): Pending => {
    const name = `blocks.${String(place.value.block)}.${label}`;
    const index = [query];
    const { values } = numbers.activation(name, index) ?? {};
    return { label, operator, values, own: false, from: numberName(name, index) };
  };
  return [row('resid_pre', ''), row('attn_out', '+'), row('resid_mid', '=')];
}

export function attendWrites(
  inspector: Inspector,
  stage: 'output' | 'residual',
  room: number,
): TemplateResult | typeof nothing {
  const writes = writesOf(inspector, stage);
  if (!writes) return nothing;
  const table = vectorTwin(inspector, inspector.t(`inspector.stage.${stage}`), writes);
  if (inspector.place.value.table) return html`${table}`;
  const width = Math.max(120, room - (room < 480 ? 124 : 160));
  const scale = signedScale(...writes.map(({ values }) => values));
  const height = stage === 'residual' ? 104 : 40;
  const rows = writes.map((write) => writeRow(inspector, write, { width, height, scale }));
  return html`${stage === 'output' ? concatenation(inspector, room) : nothing}
    ${stage === 'output' ? html`<h2>${namedFormula('headWrite', 'z W_O')}</h2>` : nothing} ${rows}
    <div class="wrow" aria-hidden="true">
      <span></span>${channelEnds(inspector, inspector.subject.value.model.config.width, width)}
    </div>
    ${table}`;
}

/** The heads side by side, as W_O reads them. */
function concatenation(inspector: Inspector, room: number): TemplateResult | typeof nothing {
  const { numbers, place, subject, t } = inspector;
  const [query] = restingCell(inspector);
  const { heads, headSize, width } = subject.value.model.config;
  const z = numbers.activation(`blocks.${String(place.value.block)}.attn.z`, [query]);
  if (!z) return nothing;
  const scale = signedScale(z.values);
  const each = Math.max(8, Math.floor((room - 6 * (heads - 1)) / heads));
  return html`<h2>z <small class="dim">${heads} × ${headSize} = ${width}</small></h2>
    <div class="concat">
      ${range(heads).map(
        (head) =>
          html`<div class=${head === place.value.head ? 'on' : nothing}>
            ${strip(part(z, head), { width: each, height: 16, scale })}
            <span class="dim small">${each < 50 ? head : t('inspector.headN', { n: head })}</span>
          </div>`,
      )}
    </div>`;
}

interface Row {
  readonly width: number;
  readonly height: number;
  readonly scale: SignedScale;
}

function writeRow(inspector: Inspector, write: Write, row: Row): TemplateResult {
  const { point, set, pointed, place } = inspector;
  const { label, operator, values, own, from } = write;
  const kind = operator === '=' ? 'wrow total' : own ? 'wrow own' : 'wrow';
  return html`<div class=${kind}>
    <span>${operator ? html`<span class="op">${operator} </span>` : nothing}${label}</span>
    <span
      @mousemove=${(event: MouseEvent) => {
        point({ channel: columnAt(event, values.length) });
      }}
      @mouseleave=${() => {
        point(undefined);
      }}
      @click=${(event: MouseEvent) => {
        set({ channel: columnAt(event, values.length) });
      }}
      >${bars(values, { ...row, cursor: () => pointed.value?.channel ?? place.value.channel })}</span
    >
    <span class="num" data-number=${from ? normName(from) : nothing}
      >‖${fixed(norm(values), 2)}‖</span
    >
  </div>`;
}

export function writesLegend(
  inspector: Inspector,
  stage: 'output' | 'residual',
): TemplateResult | typeof nothing {
  const writes = writesOf(inspector, stage);
  if (!writes) return nothing;
  const scale = signedScale(...writes.map(({ values }) => values));
  return html`<div class="legend">${scaleBar(scale, inspector.t)}</div>`;
}
