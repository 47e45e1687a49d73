/** Vectors of the residual stream under each other: what was written, what came of it, their sizes, one channel marked. */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import { cosineName, normName } from '../derivedNames';
import { elementName, type NumberName } from '../numberPlace';
import { at, cosine, norm } from '../picture/at';
import { fixed } from '../picture/numbers';
import type { ColourName } from '../picture/palette';
import { arrowStep, clampIndex, columnAt } from '../picture/pointer';
import { signedScale, type SignedScale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { isBinned, strip, type VectorPicture } from '../picture/strip';
import { twin } from '../picture/table';
import type { Inspector } from '../view';
import { channelEnds } from './channelEnds';

export interface StreamRow {
  readonly label: string;
  readonly vector: Float32Array;
  /** The activation that it is a row of, with the position. */
  readonly name?: NumberName;
  /** The part of the model it belongs to, as a colour. */
  readonly role: ColourName;
  /** A state of the stream stands tall, a write to it is thin. */
  readonly kind: 'state' | 'write';
}

export interface Stream {
  readonly rows: readonly StreamRow[];
  /** Rows drawn on a scale of their own, because they are far smaller: the embedding. By index. */
  readonly apart?: number;
  readonly caption: string;
  /** Names of what the common scale covers and of the row that stands apart. */
  readonly scaleNames?: readonly [common: string, apart: string];
}

export function streamRows(inspector: Inspector, stream: Stream): TemplateResult {
  const { t } = inspector;
  const { rows, apart, scaleNames } = stream;
  const channels = rows[0]?.vector.length ?? 0;
  const width = stripWidth(inspector);
  const common = signedScale(...rows.filter((_, i) => i !== apart).map(({ vector }) => vector));
  const own = apart === undefined ? undefined : rows[apart];
  const ownScale = own ? signedScale(own.vector) : undefined;
  return html`<div class=${isNarrow(inspector) ? 'stream narrow' : 'stream'}>
      ${headings(inspector, channels, width)}
      ${pictures(inspector, stream, (i) => (i === apart && ownScale ? ownScale : common))}
    </div>
    <div class="legend">
      ${scaleBar(common, t, scaleNames?.[0])}
      ${ownScale ? scaleBar(ownScale, t, scaleNames?.[1]) : nothing}
      ${
        isBinned(channels, width)
          ? html`<p class="dim small">${t('inspector.binned')}</p>`
          : nothing
      }
    </div>
    ${table(inspector, stream)}`;
}

function headings(inspector: Inspector, channels: number, width: number): TemplateResult {
  const { t } = inspector;
  return html`<div class="stream-row heading" aria-hidden="true">
    <span></span>${channelEnds(inspector, channels, width)}<span>${t('inspector.norm')}</span
    ><span>${t('inspector.cosToStart')}</span>
  </div>`;
}

/** One slider for all rows: the channel that is marked in each of them. */
function pictures(
  inspector: Inspector,
  { rows, caption }: Stream,
  scaleOf: (row: number) => SignedScale,
): TemplateResult {
  const { t, place, set, say } = inspector;
  const { channel } = place.value;
  const channels = rows[0]?.vector.length ?? 0;
  const label = (i: number): string =>
    `${t('inspector.dimension')} ${i}: ${rows.map((row) => `${row.label} ${fixed(at(row.vector, i), 2)}`).join(', ')}`;
  const onKey = (event: KeyboardEvent): void => {
    const by = arrowStep(event.key)?.[1] ?? 0;
    if (by === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const to = clampIndex(channel + by, channels);
    set({ channel: to });
    say(label(to));
  };
  const width = stripWidth(inspector);
  const widest = Math.max(...rows.map(({ vector }) => norm(vector)));
  const start = rows[0]?.vector;
  return html`<div
    class="stream-rows"
    role="slider"
    tabindex="0"
    aria-label=${caption}
    aria-valuemin="0"
    aria-valuemax=${channels - 1}
    aria-valuenow=${channel}
    aria-valuetext=${label(channel)}
    data-focus="stream"
    @keydown=${onKey}
  >
    ${rows.map((row, i) => {
      const isState = row.kind === 'state';
      return html`<div class=${`stream-row ${row.kind}`}>
        <span class="lab"
          ><i class="sw" style=${styleMap({ background: `var(--${row.role})` })}></i
          >${row.label}</span
        >
        ${cells(inspector, row.vector, { width, height: isState ? 14 : 8, scale: scaleOf(i) })}
        ${sizeOf(row, widest)}
        <span class="num cos" data-number=${(isState && cosineOf(rows, row)) || nothing}
          >${isState && start ? fixed(cosine(start, row.vector), 2) : nothing}</span
        >
      </div>`;
    })}
  </div>`;
}

function cells(
  { point, set, pointed, place }: Inspector,
  vector: Float32Array,
  picture: VectorPicture,
): TemplateResult {
  const cursor = (): number => pointed.value?.channel ?? place.value.channel;
  return html`<span
    @mousemove=${(event: MouseEvent) => {
      point({ channel: columnAt(event, vector.length) });
    }}
    @mouseleave=${() => {
      point(undefined);
    }}
    @click=${(event: MouseEvent) => {
      set({ channel: columnAt(event, vector.length) });
    }}
    >${strip(vector, { ...picture, cursor })}</span
  >`;
}

function sizeOf({ vector, role, name }: StreamRow, widest: number): TemplateResult {
  const length = norm(vector);
  const width = `${widest > 0 ? (length / widest) * 34 : 0}px`;
  return html`<span class="size"
    ><i style=${styleMap({ width, background: `var(--${role})` })}></i
    ><span class="num" data-number=${name === undefined ? nothing : normName(name)}
      >${fixed(length, 1)}</span
    ></span
  >`;
}

function table({ t, place }: Inspector, { rows, caption }: Stream): TemplateResult {
  const start = rows[0]?.vector;
  const { channel } = place.value;
  return twin({
    caption,
    columns: [
      '',
      t('inspector.norm'),
      t('inspector.cosine'),
      `${t('inspector.dimension')} ${channel}`,
    ],
    rows: rows.map((row) => ({
      heading: row.label,
      cells: [
        { text: fixed(norm(row.vector), 3), number: row.name && normName(row.name) },
        { text: start ? fixed(cosine(start, row.vector), 3) : '', number: cosineOf(rows, row) },
        {
          text: fixed(at(row.vector, channel)),
          number: row.name && elementName(row.name, channel),
        },
      ],
    })),
    visibility: place.value.table ? 'shown' : 'hidden',
  });
}

/** The cosine to the first row, where both are of the run. */
function cosineOf([first]: readonly StreamRow[], { name }: StreamRow): NumberName | undefined {
  return first?.name === undefined || name === undefined ? undefined : cosineName(first.name, name);
}

/** What the label, the size and the cosine leave of the stage (style/late.css holds the same widths). */
function stripWidth(inspector: Inspector): number {
  const around = isNarrow(inspector) ? 122 + 50 : 142 + 74 + 40;
  return Math.max(80, Math.floor(inspector.size.value.width - around));
}

function isNarrow({ size }: Inspector): boolean {
  return size.value.width < 480;
}
