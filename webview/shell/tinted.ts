/**
 * Lets the strip follow the chosen token and the pointer without being drawn again. A long strip is tinted where it is in
 * view; pieces out of view are marked as such, and their tints not shown, until they come into view and have their own.
 */
import { noChange, type ElementPart } from 'lit';
import { directive } from 'lit/directive.js';
import { EffectDirective } from '../picture/effectDirective';
import type { Pointed } from '../view';

/** What the strip follows; read in an effect. */
export interface Followed {
  /** Position of the chosen token. */
  readonly chosen: () => number;
  readonly pointed: () => Pointed | undefined;
  /** How many pieces of the strip are drawn. */
  readonly drawn: () => number;
}

/** A piece of the strip, and whether it is near enough to be seen. */
interface Piece {
  readonly element: HTMLElement;
  readonly tokens: readonly HTMLElement[];
  isNear: boolean;
}

/** CSS pixels around the view in which tokens are tinted before they are seen. */
const nearMargin = '0px 800px';
/** Tint of weight 1, in per cent of its colour. */
const fullTint = 48;

class Tinted extends EffectDirective {
  #followed: Followed | undefined;
  #element: HTMLElement | undefined;
  #pieces: readonly Piece[] = [];
  /** By position. */
  #tokens: ReadonlyMap<number, HTMLElement> = new Map();
  #drawn = 0;
  #observer: IntersectionObserver | undefined;
  #weights: Pointed['weights'];
  #marked: readonly (readonly [element: HTMLElement, mark: string])[] = [];
  #chosen: HTMLElement | undefined;

  override render(...[]: [Followed]): unknown {
    return noChange;
  }

  override update(part: ElementPart, [followed]: [Followed]): unknown {
    this.#element = part.element as HTMLElement;
    this.#followed = followed;
    this.#startAfterDrawing();
    return noChange;
  }

  /** Tokens are drawn after their container, and pieces after they were said to be. */
  #startAfterDrawing(): void {
    queueMicrotask(() => {
      this.start();
      this.#reveal();
    });
  }

  protected override start(): void {
    this.#find();
    super.start();
  }

  protected override act(): void {
    const drawn = this.#followed?.drawn() ?? 0;
    if (drawn !== this.#drawn) this.#startAfterDrawing();
    this.#drawn = drawn;
    const what = this.#followed?.pointed();
    this.#weights = what?.weights;
    this.#mark(what);
    for (const piece of this.#pieces) this.#tint(piece);
    this.#choose(this.#tokens.get(this.#followed?.chosen() ?? -1));
  }

  protected override disconnected(): void {
    super.disconnected();
    this.#observer?.disconnect();
  }

  /** The tokens as they stand now, and which of them are near the view. */
  #find(): void {
    this.#observer?.disconnect();
    const pieces = [...(this.#element?.children ?? [])].filter(
      (child): child is HTMLElement => child.querySelector('.token') !== null,
    );
    const near = new Set(this.#pieces.filter(({ isNear }) => isNear).map(({ element }) => element));
    this.#pieces = pieces.map((element) => ({
      element,
      tokens: [...element.querySelectorAll<HTMLElement>('.token')],
      // A strip of one piece is not looked at piece by piece.
      isNear: near.has(element) || pieces.length === 1,
    }));
    this.#tokens = new Map(
      this.#pieces.flatMap(({ tokens }) => tokens.map((token) => [positionOf(token), token])),
    );
    if (pieces.length > 1) this.#watchView();
  }

  #watchView(): void {
    const root = this.#element?.parentElement ?? null;
    this.#observer = new IntersectionObserver(
      (changes) => {
        for (const { target, isIntersecting } of changes) {
          const piece = this.#pieces.find(({ element }) => element === target);
          if (piece === undefined) continue;
          piece.isNear = isIntersecting;
          this.#tint(piece);
        }
      },
      { root, rootMargin: nearMargin },
    );
    for (const { element } of this.#pieces) this.#observer.observe(element);
  }

  #tint({ element, tokens, isNear }: Piece): void {
    element.toggleAttribute('data-untinted', !isNear);
    if (isNear) for (const token of tokens) tint(token, this.#weights);
  }

  /** Frames the key and the query that are pointed at. */
  #mark(what: Pointed | undefined): void {
    for (const [element, mark] of this.#marked) element.removeAttribute(mark);
    const [query, key] = what?.cell ?? [undefined, what?.token];
    this.#marked = [
      [this.#tokens.get(key ?? -1), 'data-pointed'],
      [this.#tokens.get(query ?? -1), 'data-asking'],
    ].filter((each): each is [HTMLElement, string] => each[0] !== undefined);
    for (const [element, mark] of this.#marked) element.setAttribute(mark, '');
  }

  /** Scrolls to the token when another one is chosen. */
  #choose(token: HTMLElement | undefined): void {
    if (token === this.#chosen) return;
    if (this.#chosen) select(this.#chosen, 'false');
    if (token) select(token, 'true');
    this.#chosen = token;
    this.#reveal();
  }

  /** Together with the frame's own layout, after whatever else the move has changed. */
  #reveal(): void {
    const token = this.#chosen;
    requestAnimationFrame(() => {
      if (token === this.#chosen) token?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
    });
  }
}

function select(token: HTMLElement, selected: 'true' | 'false'): void {
  token.setAttribute('aria-selected', selected);
  token.tabIndex = selected === 'true' ? 0 : -1;
}

function positionOf(token: HTMLElement): number {
  return Number(token.dataset['position']);
}

/** The tint that a token has, so that what stays the same is not set again. */
const tints = new WeakMap<HTMLElement, number>();

function tint(token: HTMLElement, weights: Pointed['weights']): void {
  const weight = weights?.[positionOf(token)] ?? 0;
  const share = Math.round(Math.sqrt(weight) * fullTint);
  if ((tints.get(token) ?? 0) === share) return;
  tints.set(token, share);
  token.style.setProperty('--tint', `${String(share)}%`);
}

/** `<div ${tinted({ chosen, pointed })}>` around the pieces of the strip. */
export const tinted = directive(Tinted);
