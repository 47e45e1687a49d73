/**
 * The token strip: the text, its ids and how surprising each token was. It is always there and answers to whatever is
 * pointed at below: tint = weight of that key, edge = query, frame = key. A torn character stands once over its tokens.
 * What follows the person (tinted.ts) is no part of the template, so that moving does not draw a thousand tokens anew.
 */
import { signal, untracked, type Signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import { tokenCount } from '../counts';
import { spelled } from '../labels';
import { range } from '../picture/at';
import { fixed, grouped } from '../picture/numbers';
import { roving } from '../roving';
import type { Store } from '../store';
import type { Inspector } from '../view';
import type { Stages } from '../views';
import { watch } from '../watch';
import { tinted } from './tinted';

/** Tokens per piece that the browser may leave undrawn while it is out of view (style/strip.css). */
const pieceLength = 64;
/** Surprisal that fills the bar. */
const fullBits = 16;

export function strip(store: Store, stages: Stages): TemplateResult {
  const { inspector, isReady } = store;
  const { t, subject, language } = inspector;
  const { length, run } = subject.value;
  const label = tokenCount(inspector, length);
  const pieces = range(Math.ceil(length / pieceLength));
  const chosen = untracked(() => Math.floor(inspector.place.value.position / pieceLength));
  const drawn = drawnPieces(store, pieces.length, chosen);
  return html`<nav class="strip" aria-label=${label} ?data-running=${!isReady.value}>
    <div class="striplabels" aria-hidden="true">
      <span>${t('inspector.token')}</span><span>${t('inspector.id')}</span
      ><span>${t('inspector.surprisal')}</span>
    </div>
    <div
      class="tokens"
      role="listbox"
      aria-label=${label}
      aria-orientation="horizontal"
      ${roving('choose')}
      ${tinted({
        chosen: () => inspector.place.value.position,
        drawn: () => drawn.filter(({ value }) => value).length,
        pointed: () => inspector.pointed.value ?? stages.view.value.resting?.(),
      })}
    >
      ${
        run.dropped > 0
          ? html`<span class="dropped"
              >${t('inspector.dropped', { n: grouped(run.dropped, language) })}</span
            >`
          : nothing
      }
      ${pieces.map((piece) => pieceOf(inspector, piece, drawn[piece]))}
    </div>
  </nav>`;
}

function pieceOf(
  inspector: Inspector,
  piece: number,
  drawn: Signal<boolean> | undefined,
): TemplateResult {
  // Another text draws the strip as a whole; a piece waits for its turn alone.
  const content = () =>
    drawn?.value ? untracked(() => groups(inspector, piece)) : html`<i class="undrawn"></i>`;
  return html`<div class="piece-of-strip">${watch(content)}</div>`;
}

/** Which pieces are drawn: of a strip that is new, the one with the chosen token first, then one in each frame. */
function drawnPieces(store: Store, count: number, chosen: number): readonly Signal<boolean>[] {
  const drawn = drawnOf.get(store) ?? [];
  drawnOf.set(store, drawn);
  const isNew = drawn.length === 0;
  while (drawn.length < count) drawn.push(signal(false));
  const first = drawn[chosen] ?? drawn[0];
  if (isNew && first) first.value = true;
  const next = (): void => {
    const piece = drawn.find(({ value }) => !value);
    if (piece === undefined) return;
    piece.value = true;
    requestAnimationFrame(next);
  };
  requestAnimationFrame(next);
  return drawn;
}

const drawnOf = new WeakMap<Store, Signal<boolean>[]>();

/** The groups (characters or runs of whole characters) that begin in a piece. */
function groups(inspector: Inspector, piece: number): TemplateResult[] {
  const { tokens, run, length } = inspector.subject.value;
  const out: TemplateResult[] = [];
  const end = Math.min(length, (piece + 1) * pieceLength);
  for (let position = piece * pieceLength; position < end; position++) {
    const index = position + run.dropped;
    const part = tokens.part[index] ?? 0;
    const parts = tokens.parts[index] ?? 1;
    if (parts === 1) out.push(html`<div class="group">${token(inspector, position)}</div>`);
    // A torn character whose first token lies in the piece or window before was drawn there, or is cut by the window.
    else if (part === 0 || position === 0) out.push(torn(inspector, position, parts - part));
  }
  return out;
}

function torn(inspector: Inspector, first: number, count: number): TemplateResult {
  const { length, text, tokens, run } = inspector.subject.value;
  const positions = Array.from({ length: count }, (_, k) => first + k).filter((p) => p < length);
  const last = (positions.at(-1) ?? first) + run.dropped;
  const whole = text.slice(tokens.starts[first + run.dropped], tokens.ends[last]);
  return html`<div class="group torn">
    <span class="whole" aria-hidden="true">${spelled(whole)}</span>
    ${positions.map((position) => token(inspector, position))}
  </div>`;
}

function token(inspector: Inspector, position: number): TemplateResult {
  const { subject, labels, set, point } = inspector;
  const { run } = subject.value;
  const id = run.ids[position] ?? 0;
  const bits = run.surprisalBits[position] ?? Number.NaN;
  const hint = surprisal(inspector, position);
  return html`<button
    class=${position % 2 ? 'token odd' : 'token'}
    role="option"
    aria-selected="false"
    tabindex="-1"
    data-position=${position}
    title=${hint}
    @click=${() => {
      set({ token: position + run.dropped, cell: undefined });
    }}
    @dblclick=${() => {
      inspector.host.reveal({ token: position + run.dropped });
    }}
    @mouseenter=${() => {
      point({ token: position });
    }}
    @mouseleave=${() => {
      point(undefined);
    }}
  >
    <span class="sr">${position}: ${labels.plain(position)}, ${id}, ${hint}</span
    ><span class="text" aria-hidden="true">${spelled(labels.text(position))}</span
    ><span class="id" aria-hidden="true">${id}</span
    ><span class="bits" aria-hidden="true"
      ><i style=${styleMap({ width: `${String(barPercent(bits))}%` })}></i
    ></span>
  </button>`;
}

function surprisal({ subject, t }: Inspector, position: number): string {
  const { run } = subject.value;
  const bits = run.surprisalBits[position] ?? Number.NaN;
  if (Number.isNaN(bits)) return t('inspector.nothingBefore');
  const rank = run.ranks[position] ?? 0;
  return t('inspector.surprisalSays', { bits: fixed(bits, 1), rank });
}

function barPercent(bits: number): number {
  return Number.isNaN(bits) ? 0 : Math.min(100, (bits / fullBits) * 100);
}
