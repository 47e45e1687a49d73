/** How one piece became tokens as rows: what it starts from at the top, then every step with what it made marked. */
import { html, nothing, type TemplateResult } from 'lit';
import { describeStep, type StepWords } from '../../src/protocol/describeStep';
import type { StepPart, TokenizingStep } from '../../src/protocol/tokenizingSteps';
import type { PieceMerges } from '../../src/protocol/tokens';
import { spelled } from '../labels';
import { styleMap } from '../picture/styleMap';
import { twin } from '../picture/table';
import type { Inspector } from '../view';
import { hexOf } from '../vocabulary';

/** Rows shown at either end when there are many. */
const shownAtEnds = 30;

/** A piece, its steps, and the step that was gone to: later ones are not drawn. */
export interface SteppedPiece {
  readonly piece: PieceMerges;
  readonly steps: readonly TokenizingStep[];
  readonly at: number;
}

export function tokenizingRows(inspector: Inspector, stepped: SteppedPiece): TemplateResult {
  const { t, place } = inspector;
  const { steps, at } = stepped;
  const rows = steps.slice(0, at + 1).map((step, n) => ({ step, n }));
  const hidden = Math.max(0, rows.length - 2 * shownAtEnds);
  const row = ({ step, n }: Row) => stepRow(inspector, stepped, { step, n });
  return html`<div
      class="scroll merges-scroll"
      tabindex="0"
      role="region"
      aria-label=${t('inspector.merges')}
    >
      <table class="merges">
        <tbody>
          ${rows.slice(0, hidden ? shownAtEnds : undefined).map(row)}
          ${
            hidden
              ? html`<tr>
                    <th></th>
                    <td class="dim small">${t('inspector.moreRounds', { n: hidden })}</td>
                  </tr>
                  ${rows.slice(-shownAtEnds).map(row)}`
              : ''
          }
        </tbody>
      </table>
    </div>
    ${place.value.table ? asTable(inspector, stepped) : nothing}`;
}

/** What a step did, as one sentence. */
export function stepSentence(inspector: Inspector, step: TokenizingStep): string {
  return describeStep(step, wordsOf(inspector));
}

interface Row {
  readonly step: TokenizingStep;
  readonly n: number;
}

function stepRow(
  inspector: Inspector,
  { piece, at, steps }: SteppedPiece,
  { step, n }: Row,
): TemplateResult {
  const { size } = inspector;
  // Bytes keep their width from row to row, so that what is joined stays where it was.
  const unit = Math.min(44, Math.max(22, (size.value.width - 90) / piece.bytes.length));
  const width = ({ content }: StepPart): string | undefined =>
    typeof content === 'string' ? undefined : `${String(unit * content.length - 3)}px`;
  return html`<tr aria-current=${n === at && at < steps.length - 1 ? 'step' : nothing}>
    <th class="num" scope="row">${rowName(inspector, step, n)}</th>
    <td>
      <span class="pieces"
        >${step.parts.map(
          (part) =>
            html`<span class=${classOf(part)} style=${styleMap({ width: width(part) })}
              >${spelledPart(inspector, part)}</span
            >`,
        )}</span
      >
    </td>
  </tr>`;
}

function classOf({ content, isNew }: StepPart): string {
  return `piece${isNew ? ' new' : ''}${typeof content === 'string' ? ' text' : ''}`;
}

function rowName({ t }: Inspector, { event, parts }: TokenizingStep, n: number): string {
  if (event.kind === 'join') return `${t('inspector.rank')} ${String(event.rank)}`;
  if (event.kind === 'tokens') return t('inspector.idHeading');
  const isBytes = typeof parts[0]?.content !== 'string';
  return isBytes ? t('inspector.bytes') : String(n);
}

/** Single bytes are shown as such in every row but where they are a printable character of their own. */
function spelledPart({ labels }: Inspector, { content }: StepPart): unknown {
  const text = typeof content === 'string' ? content : labels.vocabulary?.decode(content);
  if (text !== undefined) return spelled(text);
  return html`<span class="hex">${hexOf(content as Uint8Array)}</span>`;
}

function asTable(inspector: Inspector, { steps, at }: SteppedPiece): TemplateResult {
  const { t } = inspector;
  const { spell } = wordsOf(inspector);
  return twin({
    // The rows above are a region of their own, so the table needs another name.
    caption: `${t('inspector.merges')} · ${t('merges.whatHeading')}`,
    columns: [t('merges.stepHeading'), t('merges.partsHeading'), t('merges.whatHeading')],
    rows: steps.slice(0, at + 1).map((step, n) => ({
      heading: String(n),
      cells: [
        step.parts.map(({ content }) => spell(content)).join(' │ '),
        stepSentence(inspector, step),
      ],
    })),
    visibility: 'shown',
  });
}

function wordsOf({ t, labels }: Inspector): StepWords {
  const spell: StepWords['spell'] = (content) => {
    if (typeof content === 'string') return labels.plainText(content);
    const text = labels.vocabulary?.decode(content);
    return text === undefined ? hexOf(content) : labels.plainText(text);
  };
  return { t, spell };
}
