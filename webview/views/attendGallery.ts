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
import { mapOf, mapScale, measureChoice } from './attentionMeasure';
import { habitOf, habitSays } from './headHabits';
import { maskedIn, maskedSays } from './maskNumbers';
import { title } from './title';

/** More numbers than this (32 MB) are not pulled for thumbnails; the open block's alone are. */
const mostNumbers = 2 ** 23;
const captionHeight = 32;

export function attendGallery(inspector: Inspector): TemplateResult {
  const { t, subject, size, place } = inspector;
  const { config } = subject.value.model;
  const blocks = blocksShown(inspector);
  const narrow = size.value.width < 480;
  const side = thumbnailSize(inspector, blocks.length);
  const together = narrow ? 0 : blocks.length > 1 ? 2 : 1;
  const columns = `auto repeat(${String(config.heads + together)}, ${String(side)}px)`;
  const scale = galleryScale(inspector, blocks);
  return html`${title(
      inspector,
      'attend',
      html`${t('inspector.allHeads')} · ${t('inspector.openHead')}`,
    )}
    <div class="choices">${measureChoice(inspector)}</div>
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
              >${narrow || side < 60 ? head : t('inspector.headN', { n: head })}</span
            >`,
        )}
        ${together > 0 ? html`<span class="axis-name">${t('attention.together')}</span>` : nothing}
        ${together > 1 ? html`<span class="axis-name">${t('attention.everything')}</span>` : nothing}
        ${blocks.map(
          (block, row) =>
            html`<span class="axis-name vertical"
                >${narrow || side < 60 ? block : t('inspector.blockN', { n: block })}</span
              >${range(config.heads).map((head) => headCell(inspector, { block, head, side, scale }))}
              ${together > 0 ? sumCell(inspector, { block, side, scale }) : nothing}
              ${together > 1 ? (row === 0 ? sumCell(inspector, { side, scale }) : html`<span></span>`) : nothing}`,
        )}
      </div>
    </div>
    <div class="legend">
      ${scaleBar(scale, t, t(`attention.measure.${place.value.measure}`))}
      <div class="keys">
        <span class="key"><i class="hatch"></i>${maskedSays(inspector)}</span>
        <span class="key">${t('inspector.headMeasure')}</span>
        ${
          place.value.measure === 'contributions'
            ? html`<span class="key">${t('attention.measureSays')}</span>`
            : nothing
        }
        ${
          blocks.length < config.layers
            ? html`<span class="key">${t('inspector.oneBlock')}</span>`
            : nothing
        }
      </div>
    </div>`;
}

/** One scale for all heads, so that they can be compared; contributions end at the largest of those that are there. */
function galleryScale(inspector: Inspector, blocks: readonly number[]): Scale {
  const { place, subject } = inspector;
  const { measure: kind } = place.value;
  if (kind === 'weights') return mapScale(kind);
  const maps = blocks.flatMap((block) =>
    range(subject.value.model.config.heads).flatMap(
      (head) => mapOf(inspector, { kind, block, head })?.values ?? [],
    ),
  );
  return mapScale(kind, ...maps);
}

/** All blocks, or the open one when all would be too many numbers. */
export function blocksShown({ subject, place }: Inspector): readonly number[] {
  const { length, model } = subject.value;
  const { layers, heads } = model.config;
  return layers * heads * length * length <= mostNumbers ? range(layers) : [place.value.block];
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
}

function headCell(inspector: Inspector, { block, head, side, scale }: HeadCell): TemplateResult {
  const { t, place, set } = inspector;
  const { measure: kind } = place.value;
  const isHere = block === place.value.block && head === place.value.head;
  const name = `${t('inspector.blockN', { n: block })}, ${t('inspector.headN', { n: head })}`;
  const habit = habitOf(inspector, block, head);
  const says = [name, habitSays(inspector, block, head), movedBy(inspector, block, head)];
  return mapCell(inspector, {
    map: { kind, block, head },
    says: says.filter(Boolean).join(' · '),
    caption: habit && {
      name: t(`inspector.habit.${habit.kind}`),
      number: fixed(habit.weight, 2),
    },
    isHere,
    side,
    scale,
    open: () => {
      set({ block, head, open: true, over: 'head' });
    },
  });
}

/** All heads of a block as one map; without a block, all of the model. */
function sumCell(
  inspector: Inspector,
  { block, side, scale }: Omit<HeadCell, 'block' | 'head'> & { readonly block?: number },
): TemplateResult {
  const { t, place, set } = inspector;
  const { measure: kind } = place.value;
  const says =
    block === undefined
      ? t('attention.everything')
      : `${t('attention.over.block', { b: block })}, ${t('attention.together')}`;
  return mapCell(inspector, {
    map: block === undefined ? { kind } : { kind, block },
    says,
    caption: undefined,
    isHere: false,
    side,
    scale,
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
  readonly open: () => void;
}

function mapCell(inspector: Inspector, cell: MapCell): TemplateResult {
  const { map, says, caption, isHere, side, scale, open } = cell;
  const { length } = inspector.subject.value;
  const found = mapOf(inspector, map);
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
      >${
        found
          ? thumbnail(
              { values: found.values, rows: length, columns: length, masked: maskedIn(inspector) },
              scale,
              side,
            )
          : nothing
      }</span
    >
    ${
      caption && side >= 60
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
  const { length, model } = inspector.subject.value;
  const shape = shapeText(length, model.config.width);
  return explanation(inspector, {
    step: 'attend',
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
