/** One head opened: its seven stages as a row, all heads small at the left, the stage's picture. */
import { html, nothing, type TemplateResult } from 'lit';
import { namedFormula, type FormulaName } from '../formula';
import type { Morph } from '../picture/morph';
import { shapeText } from '../picture/numbers';
import { roving } from '../roving';
import { explanation } from '../side';
import type { Direction, Inspector, Moves } from '../view';
import { attendMatrix, matrixLegend } from './attendMatrix';
import { attendMix, mixLegend } from './attendMix';
import { operands } from './attendOperands';
import { attendWrites, writesLegend } from './attendWrites';
import { drawnChoice, mapFormulas, measureChoice, overChoice } from './attentionMeasure';
import { attendNeurons } from './attendNeurons';
import { headDescription, headMeasures } from './headHabits';
import {
  attentionStages,
  cellNow,
  isMapStage,
  lookAhead,
  restingCell,
  stageOf,
  type AttentionStage,
} from './headNumbers';
import { headMinis } from './headMinis';
import type { MaskEditor } from './maskEditor';
import { heading } from './title';

/** What lives as long as the step is open. */
export interface HeadParts {
  readonly morph: Morph;
  readonly editor: MaskEditor;
}

/** Under this width of the stage the small heads give way. */
const minisFrom = 560;
/** Width of the column at the left with its gap. */
const leftWidth = 172;

export function attendHead(inspector: Inspector, { morph, editor }: HeadParts): TemplateResult {
  const { t, size, subject } = inspector;
  const { config } = subject.value.model;
  const stage = stageOf(inspector);
  const isBeside = hasLeft(inspector);
  const room = size.value.width - (isBeside ? leftWidth : 0);
  const legend = stageLegend(inspector, stage);
  lookAhead(inspector);
  return html`${head(inspector)} ${stageRow(inspector)}
    <p class="says">
      ${withMarks(t(`lesson.stage.${stage}`, { d: config.headSize, D: config.width }))}
    </p>
    ${choices(inspector, stage, editor)}
    <div class="opened">
      ${isBeside ? html`<div class="left">${headMinis(inspector)} ${legend}</div>` : nothing}
      <div class="picture">
        ${picture(inspector, { stage, room, morph, editor })} ${isBeside ? nothing : legend}
      </div>
    </div>`;
}

function hasLeft({ size }: Inspector): boolean {
  return size.value.width >= minisFrom;
}

/** How the maps are drawn, and at softmax what they measure. */
function choices(
  inspector: Inspector,
  stage: AttentionStage,
  editor: MaskEditor,
): TemplateResult | typeof nothing {
  if (!isMapStage(stage)) return nothing;
  return html`<div class="choices">
    ${drawnChoice(inspector)}
    ${stage === 'softmax' ? html`${measureChoice(inspector)} ${overChoice(inspector)}` : nothing}
    ${stage === 'mask' || stage === 'softmax' ? editor.bar() : nothing}
  </div>`;
}

function head(inspector: Inspector): TemplateResult {
  const { t, place, set } = inspector;
  const { block, head } = place.value;
  return heading(inspector, {
    step: 'attend',
    about: html`${t('inspector.blockN', { n: block })} · ${t('inspector.headN', { n: head })}`,
    action: html`<button
      class="quiet"
      @click=${() => {
        set({ open: false, cell: undefined });
      }}
    >
      ${t('inspector.allHeads')}<kbd aria-hidden="true">Esc</kbd>
    </button>`,
  });
}

/** Stages whose name is a formula. */
const marks: Partial<Record<AttentionStage, FormulaName>> = {
  dot: 'markDot',
  scale: 'markScale',
  output: 'markOutput',
};

function stageRow(inspector: Inspector): TemplateResult {
  const { t, set } = inspector;
  const current = stageOf(inspector);
  return html`<ol class="stages" aria-label=${t('inspector.steps')} ${roving('choose')}>
    ${attentionStages.map((stage, index) => {
      const mark = marks[stage];
      return html`<li>
        <button
          tabindex=${stage === current ? 0 : -1}
          aria-current=${stage === current ? 'step' : nothing}
          @click=${() => {
            set({ stage: index });
          }}
        >
          ${mark ? namedFormula(mark, t(`inspector.stage.${stage}`)) : t(`inspector.stage.${stage}`)}
        </button>
      </li>`;
    })}
  </ol>`;
}

/** The sentence with W_O set as it is in the formulas. */
function withMarks(sentence: string): unknown[] {
  return sentence
    .split('W_O')
    .flatMap((part, i) => (i === 0 ? [part] : [namedFormula('markOutput', 'W_O'), part]));
}

interface Picture extends HeadParts {
  readonly stage: AttentionStage;
  readonly room: number;
}

function picture(inspector: Inspector, { stage, room, ...parts }: Picture): unknown {
  switch (stage) {
    case 'dot':
    case 'scale':
    case 'mask':
    case 'softmax': {
      const { drawn } = inspector.place.value;
      if (drawn === 'neurons') return attendNeurons(inspector, room);
      return attendMatrix(inspector, { stage, room, ...parts });
    }
    case 'mix':
      return attendMix(inspector, room);
    case 'output':
    case 'residual':
      return attendWrites(inspector, stage, room);
  }
}

function stageLegend(inspector: Inspector, stage: AttentionStage): unknown {
  switch (stage) {
    case 'dot':
    case 'scale':
    case 'mask':
    case 'softmax':
      return inspector.place.value.drawn === 'neurons' ? nothing : matrixLegend(inspector, stage);
    case 'mix':
      return mixLegend(inspector);
    case 'output':
    case 'residual':
      return writesLegend(inspector, stage);
  }
}

export function headSide(inspector: Inspector): TemplateResult {
  const subject = inspector.subject.value;
  const { length, model } = subject;
  const { width, heads, headSize } = model.config;
  const stage = stageOf(inspector);
  const stream = shapeText(length, width);
  const square = shapeText(length, length);
  const values = shapeText(length, headSize);
  const shapes: Record<AttentionStage, readonly [string, string]> = {
    dot: [values, square],
    scale: [square, square],
    mask: [square, square],
    softmax: [square, square],
    mix: [square, values],
    output: [shapeText(length, heads, headSize), stream],
    residual: [stream, stream],
  };
  const own = stage === 'softmax' ? mapFormulas(inspector) : undefined;
  const formulas = own ?? [subject.edits.mask.length > 0 ? (edited[stage] ?? stage) : stage];
  return explanation(inspector, {
    step: 'attend',
    stage,
    about: headDescription(inspector),
    // They stand beside the picture where there is room.
    measures: hasLeft(inspector) ? undefined : headMeasures(inspector),
    formulas,
    flow: flows[stage],
    shapes: shapes[stage],
    operands: operands(inspector, stage),
  });
}

/** Under an edited mask a query sees some set of keys, not those up to itself. */
const edited: Partial<Record<AttentionStage, FormulaName>> = {
  mask: 'maskEdited',
  softmax: 'softmaxEdited',
  mix: 'mixEdited',
};

/** What enters and leaves each stage, by the names of the activations. */
const flows: Readonly<Record<AttentionStage, readonly [string, string]>> = {
  dot: ['attn.q, attn.k', 'q·k'],
  scale: ['q·k', 'attn.scores'],
  mask: ['attn.scores', 'attn.scores, −∞'],
  softmax: ['attn.scores, −∞', 'attn.pattern'],
  mix: ['attn.pattern, attn.v', 'attn.z'],
  output: ['attn.z', 'attn_out'],
  residual: ['resid_pre, attn_out', 'resid_mid'],
};

export function headMoves(inspector: Inspector, editor: MaskEditor): Moves {
  const { place, set, say, labels, subject, t } = inspector;
  const move = (down: number, right: number): boolean => {
    const last = subject.value.length - 1;
    const [query, key] = restingCell(inspector);
    const to = [bound(query + down, last), bound(key + right, last)] as const;
    const isMap = place.value.stage <= 3;
    set({ token: to[0] + subject.value.run.dropped, cell: isMap ? to : undefined });
    say(
      `${t('inspector.query')} ${labels.plain(to[0])}, ${t('inspector.key')} ${labels.plain(to[1])}`,
    );
    return true;
  };
  return {
    x: (by: Direction) => (place.value.stage <= 3 ? move(0, by) : move(by, 0)),
    y: (by: Direction) => move(by, 0),
    enter: () => {
      const cell = cellNow(inspector);
      const isEditable = ['mask', 'softmax'].includes(stageOf(inspector));
      if (editor.isOn.value && isEditable) editor.cell(cell);
      set({ cell, token: cell[0] + subject.value.run.dropped });
      return true;
    },
    edit: () => {
      // The keys of the mask work where it is seen.
      if (!['mask', 'softmax'].includes(stageOf(inspector))) set({ stage: 2 });
      editor.toggle();
      return true;
    },
    close: () => {
      if (editor.isOn.value) editor.toggle();
      else set({ open: false });
      return true;
    },
    stage: (by: Direction) => {
      const to = place.value.stage + by;
      if (to >= attentionStages.length) return false;
      set(to < 0 ? { open: false } : { stage: to });
      return true;
    },
  };
}

function bound(value: number, last: number): number {
  return Math.max(0, Math.min(last, value));
}
