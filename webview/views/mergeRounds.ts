/** The merges of one piece as rows: bytes at the top, then every round with what it joined marked. */
import { html, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import type { Merge, PieceMerges } from '../../src/protocol/tokens';
import { spelled } from '../labels';
import type { Inspector } from '../view';
import { hexOf } from '../vocabulary';

/** Rounds shown at either end when there are many. */
const shownAtEnds = 30;

export function mergeRounds(inspector: Inspector, piece: PieceMerges): TemplateResult {
  const { t, size } = inspector;
  const unit = Math.min(44, Math.max(22, (size.value.width - 90) / piece.bytes.length));
  const bytes: Merge = {
    rank: -1,
    cuts: Array.from({ length: piece.bytes.length - 1 }, (_, i) => i + 1),
    joined: [],
  };
  const rounds = [bytes, ...piece.merges];
  const hidden = Math.max(0, rounds.length - 2 * shownAtEnds);
  const row = (round: Merge) => roundRow(inspector, { piece, round, unit });
  return html`<div
    class="scroll merges-scroll"
    tabindex="0"
    role="region"
    aria-label=${t('inspector.merges')}
  >
    <table class="merges">
      <tbody>
        ${rounds.slice(0, hidden ? shownAtEnds : undefined).map(row)}
        ${
          hidden
            ? html`<tr>
                  <th></th>
                  <td class="dim small">${t('inspector.moreRounds', { n: hidden })}</td>
                </tr>
                ${rounds.slice(-shownAtEnds).map(row)}`
            : ''
        }
      </tbody>
    </table>
  </div>`;
}

interface Round {
  readonly piece: PieceMerges;
  readonly round: Merge;
  /** Width of one byte in CSS pixels. */
  readonly unit: number;
}

function roundRow(inspector: Inspector, { piece, round, unit }: Round): TemplateResult {
  const { t } = inspector;
  const bounds = [0, ...round.cuts, piece.bytes.length];
  const name =
    round.rank < 0 ? t('inspector.bytes') : `${t('inspector.rank')} ${String(round.rank)}`;
  return html`<tr>
    <th class="num" scope="row">${name}</th>
    <td>
      <span class="pieces"
        >${bounds.slice(0, -1).map((from, i) => {
          const to = bounds[i + 1] ?? piece.bytes.length;
          const isNew = round.joined.includes(from);
          return html`<span
            class=${isNew ? 'piece new' : 'piece'}
            style=${styleMap({ width: `${String(unit * (to - from) - 3)}px` })}
            >${spell(inspector, piece.bytes.subarray(from, to))}</span
          >`;
        })}</span
      >
    </td>
  </tr>`;
}

/** Single bytes are shown as such in every row but where they are a printable character of their own. */
function spell({ labels }: Inspector, bytes: Uint8Array): unknown {
  const text = labels.vocabulary?.decode(bytes);
  return text === undefined ? html`<span class="hex">${hexOf(bytes)}</span>` : spelled(text);
}
