/** All heads at once: one thumbnail each, with what the head mostly does on this text. */
import { html, nothing, type TemplateResult } from 'lit';
import type { AttentionMapOf } from '../../src/protocol/runs';
import { styleMap } from '../picture/styleMap';
import { at, range } from '../picture/at';
import { fixed, shapeText } from '../picture/numbers';
import type { Scale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { thumbnail } from '../picture/thumbnail';
import { roving } from '../roving';
import { explanation } from '../side';
import type { Direction, Inspector, Moves } from '../view';
import { mapScale, measureChoice } from './attentionMeasure';
import { habitOf, habitSays, headMeasures } from './headHabits';
import { arePulledWhole, thumbnailOf, type GalleryReader, type Thumbnail } from './headThumbnails';
import { maskedSays } from './maskNumbers';
import { title } from './title';

const captionHeight = 32;
/** Under this size of a thumbnail there is room neither for its habit nor for more than a number as its heading. */
const captioned = 60;

export function attendGallery(inspector: Inspector, read: GalleryReader): TemplateResult {
  const { t, subject, size } = inspector;
  const { config } = subject.value.model;
  const blocks = range(config.layers);
  const narrow = size.value.width < 480;
  const side = thumbnailSize(inspector, blocks.length);
  const { rows, described, status } = read(side);
  const mapAt = (map: AttentionMapOf) =>
    (map.block ?? config.layers) < rows ? thumbnailOf(inspector, map, side) : undefined;
  const together = narrow ? 0 : blocks.length > 1 ? 2 : 1;
  const columns = `auto repeat(${String(config.heads + together)}, ${String(side)}px)`;
  const scale = galleryScale(inspector, mapAt);
  return html`${title(
      inspector,
      'attend',
      html`${t('inspector.allHeads')} · ${t('inspector.openHead')}`,
    )}
    <div class="choices">${measureChoice(inspector)} ${status}</div>
    ${
      narrow || side < captioned
        ? html`<span class="miniaxes" aria-hidden="true">${t('inspector.miniAxes')}</span>`
        : nothing
    }
    <div class="scroll">
      <div
        class=${narrow ? 'gallery narrow' : 'gallery'}
        style=${styleMap({ 'grid-template-columns': columns })}
        ${roving('move')}
      >
        <span></span>
        ${range(config.heads).map(
          (head) =>
            html`<span class="axis-name"
              >${narrow || side < captioned ? head : t('inspector.headN', { n: head })}</span
            >`,
        )}
        ${together > 0 ? html`<span class="axis-name">${t('attention.together')}</span>` : nothing}
        ${together > 1 ? html`<span class="axis-name">${t('attention.everything')}</span>` : nothing}
        ${blocks.map(
          (block, row) =>
            html`<span class="axis-name vertical"
                >${narrow || side < captioned ? block : t('inspector.blockN', { n: block })}</span
              >${range(config.heads).map((head) => headCell(inspector, { block, head, side, scale, mapAt, isDescribed: block < described }))}
              ${together > 0 ? sumCell(inspector, { block, side, scale, mapAt }) : nothing}
              ${together > 1 ? (row === 0 ? sumCell(inspector, { side, scale, mapAt }) : html`<span></span>`) : nothing}`,
        )}
      </div>
    </div>
    ${legend(inspector, scale, side)}`;
}

function legend(inspector: Inspector, scale: Scale, side: number): TemplateResult {
  const { t, place } = inspector;
  return html`<div class="legend">
    ${scaleBar(scale, t, t(`attention.measure.${place.value.measure}`))}
    <div class="keys">
      <span class="key"><i class="hatch"></i>${maskedSays(inspector)}</span>
      <span class="key">${t('attention.inMaps')}</span>
      ${side >= captioned ? html`<span class="key">${t('attention.underMaps')}</span>` : nothing}
      ${
        place.value.measure === 'contributions'
          ? html`<span class="key">${t('attention.measureSays')}</span>`
          : nothing
      }
    </div>
  </div>`;
}

type MapAt = (map: AttentionMapOf) => Thumbnail | undefined;

/** One scale for all heads, so that they can be compared; contributions end at the largest of those that are there. */
function galleryScale({ place, subject }: Inspector, mapAt: MapAt): Scale {
  const { measure: kind } = place.value;
  if (kind === 'weights') return mapScale(kind);
  const { heads, layers } = subject.value.model.config;
  const maps = range(layers).flatMap((block) =>
    range(heads).flatMap((head) => mapAt({ kind, block, head })?.values ?? []),
  );
  return mapScale(kind, ...maps);
}

/** So that all are seen at once where that leaves them large enough to be told apart. */
function thumbnailSize({ size, subject }: Inspector, rows: number): number {
  const { width, height } = size.value;
  const { heads } = subject.value.model.config;
  const narrow = width < 480;
  const gap = narrow ? 6 : 14;
  const columns = narrow ? heads : heads + 2;
  const across = (width - (narrow ? 20 : 36) - gap * columns) / columns;
  const down = (height - 160) / rows - captionHeight - 14;
  return Math.floor(Math.max(36, Math.min(132, across, narrow ? across : Math.max(56, down))));
}

interface HeadCell {
  readonly block: number;
  readonly head: number;
  readonly side: number;
  readonly scale: Scale;
  readonly mapAt: MapAt;
  readonly isDescribed: boolean;
}

function headCell(
  inspector: Inspector,
  { block, head, isDescribed, ...how }: HeadCell,
): TemplateResult {
  const { t, place, set } = inspector;
  const { measure: kind } = place.value;
  const isHere = block === place.value.block && head === place.value.head;
  const name = `${t('inspector.blockN', { n: block })}, ${t('inspector.headN', { n: head })}`;
  const habit = isDescribed ? habitOf(inspector, { block, head }) : undefined;
  const habitText = isDescribed ? habitSays(inspector, { block, head }) : undefined;
  const says = [name, habitText, movedBy(inspector, block, head)];
  return mapCell({
    map: { kind, block, head },
    says: says.filter(Boolean).join(' · '),
    caption: habit && {
      name: t(`inspector.habit.${habit.kind}`),
      number: fixed(habit.weight, 2),
    },
    isHere,
    ...how,
    open: () => {
      set({ block, head, open: true, over: 'head' });
    },
  });
}

/** All heads of a block as one map; without a block, all of the model. */
function sumCell(
  inspector: Inspector,
  { block, ...how }: Omit<HeadCell, 'block' | 'head' | 'isDescribed'> & { readonly block?: number },
): TemplateResult {
  const { t, place, set } = inspector;
  const { measure: kind } = place.value;
  const says =
    block === undefined
      ? t('attention.everything')
      : `${t('attention.over.block', { b: block })}, ${t('attention.together')}`;
  return mapCell({
    map: block === undefined ? { kind } : { kind, block },
    says,
    caption: undefined,
    isHere: false,
    ...how,
    open: () => {
      const over = block === undefined ? 'model' : 'block';
      set({ ...(block !== undefined && { block }), open: true, stage: 3, over, drawn: 'matrix' });
    },
  });
}

interface MapCell {
  readonly map: AttentionMapOf;
  readonly says: string;
  readonly caption: { readonly name: string; readonly number: string } | undefined;
  readonly isHere: boolean;
  readonly side: number;
  readonly scale: Scale;
  readonly mapAt: MapAt;
  readonly open: () => void;
}

function mapCell(cell: MapCell): TemplateResult {
  const { map, says, caption, isHere, side, scale, mapAt, open } = cell;
  const found = mapAt(map);
  return html`<button
    class=${map.head === undefined ? 'headcell together' : 'headcell'}
    tabindex=${isHere ? 0 : -1}
    aria-pressed=${isHere ? 'true' : 'false'}
    title=${says}
    style=${styleMap({ width: `${String(side)}px` })}
    @click=${open}
  >
    <span class="sr">${says}</span>
    <span class="thumb" style=${styleMap({ height: `${String(side)}px` })}
      >${found ? thumbnail(found, scale, side) : nothing}</span
    >
    ${
      caption && side >= captioned
        ? html`<span class="cap" aria-hidden="true"
            ><span>${caption.name}</span><span class="num">${caption.number}</span></span
          >`
        : nothing
    }
  </button>`;
}

/** How far an edit of the run moved the head's weights. */
function movedBy(
  { numbers, subject, t }: Inspector,
  block: number,
  head: number,
): string | undefined {
  const { unedited, model } = subject.value;
  if (unedited === undefined) return undefined;
  const moved = numbers.ask('difference', { from: unedited.run });
  const index = block * model.config.heads + head;
  return moved && t('views.edits.headMoved', { x: fixed(at(moved.heads, index), 3) });
}

export function gallerySide(inspector: Inspector): TemplateResult {
  const { t, place, subject } = inspector;
  const { length, model } = subject.value;
  const { block, head } = place.value;
  const shape = shapeText(length, model.config.width);
  return explanation(inspector, {
    step: 'attend',
    about: `${t('inspector.blockN', { n: block })} · ${t('inspector.headN', { n: head })}`,
    // Of a long text they would have to be made before the maps.
    measures: arePulledWhole(inspector) ? headMeasures(inspector) : undefined,
    formulas: ['query', 'key', 'value', 'scale', 'softmax', 'mix'],
    shapes: [shape, shape],
  });
}

export function galleryMoves({ place, set, subject }: Inspector): Moves {
  const { heads, layers } = subject.value.model.config;
  const { head, block } = place.value;
  const isInside = (value: number, count: number) => value >= 0 && value < count;
  return {
    x: (by: Direction) => {
      if (isInside(head + by, heads)) set({ head: head + by });
      return true;
    },
    y: (by: Direction) => {
      if (isInside(block + by, layers)) set({ block: block + by });
      return true;
    },
    edit: () => {
      set({ open: true, stage: 2 });
      return true;
    },
    enter: () => {
      set({ open: true });
      return true;
    },
    stage: (by: Direction) => {
      if (by < 0) return false;
      set({ open: true, stage: 0 });
      return true;
    },
  };
}
