/** All heads at once: one thumbnail each, with what the head mostly does on this text. */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import { at, range } from '../picture/at';
import { fixed, shapeText } from '../picture/numbers';
import { probabilityScale } from '../picture/scale';
import { scaleBar } from '../picture/scaleBar';
import { thumbnail } from '../picture/thumbnail';
import { roving } from '../roving';
import { explanation } from '../side';
import type { Direction, Inspector, Moves } from '../view';
import { maskedIn, maskedSays } from './maskNumbers';
import { title } from './title';

/** More numbers than this (32 MB) are not pulled for thumbnails; the open block's alone are. */
const mostNumbers = 2 ** 23;
const captionHeight = 32;

export function attendGallery(inspector: Inspector): TemplateResult {
  const { t, subject, size } = inspector;
  const { config } = subject.value.model;
  const blocks = blocksShown(inspector);
  const narrow = size.value.width < 480;
  const side = thumbnailSize(inspector, blocks.length);
  const columns = `auto repeat(${String(config.heads)}, ${String(side)}px)`;
  return html`${title(
      inspector,
      'attend',
      html`${t('inspector.allHeads')} · ${t('inspector.openHead')}`,
    )}
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
        ${blocks.map(
          (block) =>
            html`<span class="axis-name vertical"
                >${narrow || side < 60 ? block : t('inspector.blockN', { n: block })}</span
              >${range(config.heads).map((head) => headCell(inspector, { block, head, side }))}`,
        )}
      </div>
    </div>
    <div class="legend">
      ${scaleBar(probabilityScale, t)}
      <div class="keys">
        <span class="key"><i class="hatch"></i>${maskedSays(inspector)}</span>
        <span class="key">${t('inspector.headMeasure')}</span>
        ${
          blocks.length < config.layers
            ? html`<span class="key">${t('inspector.oneBlock')}</span>`
            : nothing
        }
      </div>
    </div>`;
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
  const across = (width - (narrow ? 20 : 36) - gap * heads) / heads;
  const down = (height - 120) / rows - captionHeight - 14;
  return Math.floor(Math.max(36, Math.min(132, across, narrow ? across : Math.max(56, down))));
}

interface HeadCell {
  readonly block: number;
  readonly head: number;
  readonly side: number;
}

function headCell(inspector: Inspector, { block, head, side }: HeadCell): TemplateResult {
  const { t, place, set, numbers, subject } = inspector;
  const pattern = numbers.activation(`blocks.${String(block)}.attn.pattern`, [head]);
  const { length } = subject.value;
  const isHere = block === place.value.block && head === place.value.head;
  const name = `${t('inspector.blockN', { n: block })}, ${t('inspector.headN', { n: head })}`;
  const habit = habitOf(inspector, block, head);
  const says = [name, habit?.says, movedBy(inspector, block, head)].filter(Boolean).join(' · ');
  return html`<button
    class="headcell"
    tabindex=${isHere ? 0 : -1}
    aria-pressed=${isHere ? 'true' : 'false'}
    title=${says}
    style=${styleMap({ width: `${String(side)}px` })}
    @click=${() => {
      set({ block, head, open: true });
    }}
  >
    <span class="sr">${says}</span>
    <span class="thumb" style=${styleMap({ height: `${String(side)}px` })}
      >${
        pattern
          ? thumbnail(
              {
                values: pattern.values,
                rows: length,
                columns: length,
                masked: maskedIn(inspector),
              },
              probabilityScale,
              side,
            )
          : nothing
      }</span
    >
    ${
      habit && side >= 60
        ? html`<span class="cap" aria-hidden="true"
            ><span>${habit.name}</span><span class="num">${fixed(habit.weight, 2)}</span></span
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

const habits = {
  previous: 'inspector.habit.previous',
  first: 'inspector.habit.first',
  itself: 'inspector.habit.itself',
  induction: 'inspector.habit.induction',
} as const;

/** What the head mostly does, from the engine's statistics. */
function habitOf(
  { numbers, subject, t }: Inspector,
  block: number,
  head: number,
): { name: string; weight: number; says: string } | undefined {
  const statistics = numbers.ask('headStatistics', {});
  if (!statistics) return undefined;
  const index = block * subject.value.model.config.heads + head;
  const kinds = ['previous', 'first', 'itself', 'induction'] as const;
  const measured = kinds.filter((kind) => !Number.isNaN(at(statistics[kind], index)));
  const [first = 'previous', ...others] = measured;
  const strongest = others.reduce(
    (best, kind) => (at(statistics[kind], index) > at(statistics[best], index) ? kind : best),
    first,
  );
  const name = t(habits[strongest]);
  const weight = at(statistics[strongest], index);
  const entropy = `${t('inspector.entropy')} ${fixed(at(statistics.entropyBits, index), 2)} ${t('inspector.bits')}`;
  return { name, weight, says: `${name} ${fixed(weight, 2)}, ${entropy}` };
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
