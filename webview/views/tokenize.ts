/** Step 2: text → bytes → merges one by one → ids. */
import { signal, type Signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { tokenizingSteps } from '../../src/protocol/tokenizingSteps';
import type { PieceMerges } from '../../src/protocol/tokens';
import { spelled } from '../labels';
import { grouped, shapeText } from '../picture/numbers';
import { explanation } from '../side';
import type { Direction, Inspector, View } from '../view';
import { title } from './title';
import { stepSentence, tokenizingRows, type SteppedPiece } from './tokenizingRows';

/** How much text around the token is asked about when the whole is too long for one question. */
const around = 1500;
const longestQuestion = 4096;
/** Cards of ids on each side of the chosen token. */
const cardsAround = 150;

export function tokenize(inspector: Inspector): View {
  const gone = signal<GoneTo | undefined>(undefined);
  const go = (by: Direction): boolean => goStep(inspector, gone, by);
  return {
    stage: () => {
      const piece = pieceOf(inspector);
      return html`${title(inspector, 'tokenize', piece && headline(inspector, piece))}
      ${piece && merges(inspector, steppedPiece(piece, gone.value), go)} ${cards(inspector)}`;
    },
    side: () => {
      const piece = pieceOf(inspector);
      return explanation(inspector, {
        step: 'tokenize',
        formulas: ['merge'],
        shapes: piece ? [shapeText(piece.bytes.length), shapeText(piece.ids.length)] : ['', ''],
        operands: facts(inspector),
      });
    },
    moves: { y: go },
  };
}

/** The step of a piece that a person went to. Until then, and of any other piece, all steps are shown. */
interface GoneTo {
  /** Start of the piece in the text. */
  readonly start: number;
  readonly step: number;
}

function steppedPiece(piece: PieceMerges, gone: GoneTo | undefined): SteppedPiece {
  const steps = tokenizingSteps(piece);
  const last = steps.length - 1;
  return { piece, steps, at: gone?.start === piece.start ? Math.min(gone.step, last) : last };
}

function goStep(inspector: Inspector, gone: Signal<GoneTo | undefined>, by: Direction): boolean {
  const piece = pieceOf(inspector);
  if (piece === undefined) return false;
  const { steps, at } = steppedPiece(piece, gone.peek());
  const to = Math.max(0, Math.min(steps.length - 1, at + by));
  gone.value = { start: piece.start, step: to };
  const step = steps[to];
  if (step !== undefined) inspector.say(stepSentence(inspector, step));
  return true;
}

/** The piece of the text in which the chosen token lies, as the tokenizer merged it; offsets in the whole text. */
function pieceOf({ subject, place, numbers }: Inspector): PieceMerges | undefined {
  const { text, tokens } = subject.value;
  const at = tokens.starts[place.value.token] ?? 0;
  const isShort = text.length <= longestQuestion;
  const from = isShort ? 0 : whole(text, Math.max(0, at - around));
  const to = isShort ? text.length : whole(text, Math.min(text.length, at + around));
  const pieces = numbers.ask('merges', { text: text.slice(from, to) });
  const piece = pieces?.find(({ start, end }) => from + start <= at && at < from + end);
  return piece && { ...piece, start: from + piece.start, end: from + piece.end };
}

/** A cut that does not go through a surrogate pair. */
function whole(text: string, index: number): number {
  const isLow = (text.charCodeAt(index) & 0xfc00) === 0xdc00;
  return isLow ? index - 1 : index;
}

function headline({ subject, t }: Inspector, piece: PieceMerges): TemplateResult {
  const text = subject.value.text.slice(piece.start, piece.end);
  return html`<span class="chip">${spelled(shortened(text))}</span>
    ${t('inspector.bytesN', { n: piece.bytes.length })}`;
}

function merges(
  inspector: Inspector,
  stepped: SteppedPiece,
  go: (by: Direction) => void,
): TemplateResult {
  const { t } = inspector;
  const { piece, steps, at } = stepped;
  const step = steps[at];
  return html`<h2>${t('inspector.merges')}</h2>
    <p class="merge-steps">
      ${stepButton(t('merges.back'), at === 0, () => go(-1))}
      ${stepButton(t('merges.on'), at === steps.length - 1, () => go(1))}
      <span class="num dim">${t('merges.step', { n: at, last: steps.length - 1 })}</span>
      <span>${step && stepSentence(inspector, step)}</span>
    </p>
    ${tokenizingRows(inspector, stepped)}
    ${
      piece.search === undefined && at === steps.length - 1
        ? html`<p class="dim small nomerge">${t('inspector.noMerge')}</p>`
        : nothing
    }
    ${
      isAsGenerated(inspector, piece)
        ? nothing
        : html`<p class="note">${t('inspector.otherCut')}</p>`
    }`;
}

function stepButton(label: string, disabled: boolean, press: () => void): TemplateResult {
  return html`<vscode-button appearance="secondary" ?disabled=${disabled} @click=${press}
    >${label}</vscode-button
  >`;
}

/** Whether the tokens on screen are those the tokenizer makes; generated ones may be cut elsewhere. */
function isAsGenerated({ subject }: Inspector, piece: PieceMerges): boolean {
  const { tokens } = subject.value;
  const first = tokens.starts.findIndex((start) => start >= piece.start);
  return piece.ids.every((id, i) => tokens.ids[first + i] === id);
}

function cards({ subject, place, labels, set, t, language }: Inspector): TemplateResult {
  const { run, length } = subject.value;
  const { position } = place.value;
  const from = Math.max(0, position - cardsAround);
  const to = Math.min(length, position + cardsAround);
  const card = (at: number) => {
    const id = run.ids[at] ?? 0;
    return html`<button
      class="idcard"
      tabindex="-1"
      aria-pressed=${at === position ? 'true' : 'false'}
      @click=${() => {
        set({ token: at + run.dropped });
      }}
    >
      <span>${labels.token(at)}</span><b class="num">${id}</b
      ><small class="hex">${labels.vocabulary?.hex(id)}</small>
    </button>`;
  };
  const hidden = length - (to - from);
  return html`<h2>${t('inspector.idHeading')}</h2>
    <div class="ids">${Array.from({ length: to - from }, (_, i) => card(from + i))}</div>
    ${
      hidden > 0
        ? html`<p class="dim small">${t('inspector.others', { n: grouped(hidden, language) })}</p>`
        : nothing
    }`;
}

function facts({ subject, place, labels, pointed, t }: Inspector): TemplateResult {
  const position = pointed.value?.token ?? place.value.position;
  const id = subject.value.run.ids[position] ?? 0;
  return html`<dl class="facts">
    <dt>${t('inspector.token')}</dt>
    <dd>${labels.tokenChip(position)}</dd>
    <dt>${t('inspector.idHeading')}</dt>
    <dd class="num">${id}</dd>
    <dt>${t('inspector.bytes')}</dt>
    <dd class="hex">${labels.vocabulary?.hex(id)}</dd>
    <dt>${t('inspector.position')}</dt>
    <dd class="num">${position}</dd>
  </dl>`;
}

function shortened(text: string): string {
  const characters = Array.from(text);
  return characters.length <= 40 ? text : `${characters.slice(0, 40).join('')}…`;
}
