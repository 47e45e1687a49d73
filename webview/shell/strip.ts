/**
 * The token strip: the text, its ids and how surprising each token was. It is always there and answers to whatever is
 * pointed at below: tint = weight of that key, edge = query, frame = key. A torn character stands once over its tokens.
 */
import { html, noChange, nothing, type ElementPart, type TemplateResult } from 'lit';
import { directive } from 'lit/directive.js';
import { styleMap } from '../picture/styleMap';
import { tokenCount } from '../counts';
import { spelled } from '../labels';
import { EffectDirective } from '../picture/effectDirective';
import { fixed, grouped } from '../picture/numbers';
import { roving } from '../roving';
import type { Store } from '../store';
import type { Inspector, Pointed } from '../view';
import type { Stages } from '../views';

/** Tokens per piece that the browser may leave undrawn while it is out of view (style/strip.css). */
const pieceLength = 64;
/** Surprisal that fills the bar. */
const fullBits = 16;

export function strip({ inspector, isReady }: Store, stages: Stages): TemplateResult {
  const { t, subject, language } = inspector;
  const { length, run } = subject.value;
  const label = tokenCount(inspector, length);
  const pieces = Array.from({ length: Math.ceil(length / pieceLength) }, (_, piece) => piece);
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
      ${tinted(() => inspector.pointed.value ?? stages.view.value.resting?.())}
    >
      ${
        run.dropped > 0
          ? html`<span class="dropped"
              >${t('inspector.dropped', { n: grouped(run.dropped, language) })}</span
            >`
          : nothing
      }
      ${pieces.map((piece) => html`<div class="piece-of-strip">${groups(inspector, piece)}</div>`)}
    </div>
  </nav>`;
}

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
  const { subject, place, labels, set, point } = inspector;
  const { run } = subject.value;
  const id = run.ids[position] ?? 0;
  const selected = position === place.value.position;
  const bits = run.surprisalBits[position] ?? Number.NaN;
  const hint = surprisal(inspector, position);
  return html`<button
    class=${position % 2 ? 'token odd' : 'token'}
    role="option"
    aria-selected=${selected ? 'true' : 'false'}
    tabindex=${selected ? 0 : -1}
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

/** Lets the strip follow the pointer without being drawn again, and keeps the chosen token in view. */
class Tinted extends EffectDirective {
  #pointed: (() => Pointed | undefined) | undefined;
  #element: HTMLElement | undefined;
  #chosen: Element | undefined;

  override render(...[]: [() => Pointed | undefined]): unknown {
    return noChange;
  }

  override update(part: ElementPart, [pointed]: [() => Pointed | undefined]): unknown {
    this.#element = part.element as HTMLElement;
    this.#pointed = pointed;
    // The tokens are drawn after their container; both wait for that.
    queueMicrotask(() => {
      this.start();
      this.#reveal();
    });
    return noChange;
  }

  protected override act(): void {
    const what = this.#pointed?.();
    for (const token of this.#element?.querySelectorAll<HTMLElement>('.token') ?? [])
      tint(token, what);
  }

  /** Scrolls to the token when another one is chosen: looking where it is lays the whole strip out. */
  #reveal(): void {
    const chosen = this.#element?.querySelector('[aria-selected="true"]') ?? undefined;
    if (chosen === this.#chosen) return;
    this.#chosen = chosen;
    chosen?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }
}

/** Style and marks of a token, as one text, so that what stays the same is not set again. */
const shown = new WeakMap<HTMLElement, string>();

function tint(token: HTMLElement, what: Pointed | undefined): void {
  const position = Number(token.dataset['position']);
  const weight = what?.weights?.[position] ?? 0;
  const share = Math.round(Math.sqrt(weight) * 48);
  const isKey = what?.cell ? what.cell[1] === position : what?.token === position;
  const isQuery = what?.cell?.[0] === position;
  const now = `${share} ${isKey} ${isQuery}`;
  if (shown.get(token) === now) return;
  shown.set(token, now);
  token.style.setProperty('--tint', `${share}%`);
  token.toggleAttribute('data-pointed', isKey);
  token.toggleAttribute('data-asking', isQuery);
}

const tinted = directive(Tinted);
