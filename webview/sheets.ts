/** What is open over the panel, and who had the focus before. */
import { batch, signal } from '@preact/signals-core';
import { exhibitOf, indexOf, type Exhibit } from './exhibit';
import { sideAt } from './numberLinks';
import { numberName, type NumberName } from './numberPlace';
import type { TimePath } from './shell/timeTree';
import { pointedOn, sideOf, type Side } from './sideOf';
import type { Inspector, Pointed } from './view';

/** A number whose sheet is open, and the one from which a person came to it. */
export interface OpenNumber {
  readonly number: NumberName;
  /** The side of a comparison that it is of. */
  readonly side: Side;
  readonly from?: OpenNumber;
}

export class Sheets {
  readonly #inspector: Inspector;
  readonly #pointedNow: () => Pointed | undefined;
  #before: HTMLElement | undefined;

  /** Whether the list of keys is open. */
  readonly keysShown = signal(false);
  /** Whether the settings of the sampling are open. */
  readonly samplingShown = signal(false);
  /** What the open sheet of copies offers, as it was pointed at when the sheet was opened. */
  readonly copies = signal<Exhibit | undefined>(undefined);
  /** What of it takes the focus. */
  readonly copiesFor = signal<'numbers' | 'pictures'>('numbers');
  /** The number whose verification is open; `nothing` where none was pointed at. */
  readonly verified = signal<OpenNumber | 'nothing' | undefined>(undefined);
  /** The side of a comparison that the open sheet is about: that of the focus at first. */
  readonly side = signal<Side>('a');
  /** Whether the flame strip is open, and which part of it is pointed at. */
  readonly timesShown = signal(false);
  readonly timePath = signal<TimePath>([]);

  /** `pointedNow` tells what counts as pointed at. */
  constructor(inspector: Inspector, pointedNow: () => Pointed | undefined) {
    this.#inspector = inspector;
    this.#pointedNow = pointedNow;
  }

  openCopies(wanted: 'numbers' | 'pictures'): void {
    this.copiesFor.value = wanted;
    if (this.copies.value) return;
    this.#rememberFocus();
    this.side.value = sideAt(this.#before);
    this.copies.value = this.#exhibit();
  }

  /** The focus goes back to where it was. */
  closeCopies(): void {
    this.copies.value = undefined;
    this.#restoreFocus();
  }

  /** Opens the verification of the number that is pointed at, or closes the open one. */
  toggleVerification(): void {
    if (this.verified.value) {
      this.closeVerification();
      return;
    }
    this.#rememberFocus();
    this.side.value = sideAt(this.#before);
    this.verified.value = this.#pointedNumber();
  }

  /** Shows what a number is computed from; from an open one there is a way back. */
  openNumber(number: NumberName, side: Side): void {
    const open = this.verified.value;
    if (!open) this.#rememberFocus();
    this.#show({ number, side, ...(open && open !== 'nothing' && { from: open }) });
  }

  /** Back to the number from which a person came to the open one. */
  leaveNumber(): void {
    const open = this.verified.value;
    if (open && open !== 'nothing' && open.from) this.#show(open.from);
  }

  #show(open: OpenNumber): void {
    batch(() => {
      this.side.value = open.side;
      this.verified.value = open;
    });
  }

  closeVerification(): void {
    this.verified.value = undefined;
    this.#restoreFocus();
  }

  /** The open sheet turns to the other side of the comparison, and to what is pointed at there. */
  turnTo(side: Side): void {
    this.side.value = side;
    if (this.copies.value) this.copies.value = this.#exhibit();
    if (this.verified.value) this.verified.value = this.#pointedNumber();
  }

  /** The run that the open sheet is about. */
  get inspector(): Inspector {
    return sideOf(this.#inspector, this.side.value);
  }

  toggleTimes(): void {
    const isOpen = this.timesShown.value;
    if (!isOpen) this.#rememberFocus();
    this.timesShown.value = !isOpen;
    if (isOpen) this.#restoreFocus();
  }

  /** Numbers belong to a run. */
  forgetRun(): void {
    this.copies.value = undefined;
    this.verified.value = undefined;
    this.timePath.value = [];
  }

  #pointedNumber(): OpenNumber | 'nothing' {
    const exhibit = this.#exhibit();
    const index = exhibit.name === 'ids' ? undefined : indexOf(exhibit, 'value');
    const side = this.side.value;
    return index ? { number: numberName(exhibit.name, index), side } : 'nothing';
  }

  #exhibit(): Exhibit {
    const side = this.side.value;
    return exhibitOf(this.inspector, pointedOn(this.#inspector, side, this.#pointedNow()));
  }

  #rememberFocus(): void {
    const { activeElement } = document;
    this.#before = activeElement instanceof HTMLElement ? activeElement : undefined;
  }

  #restoreFocus(): void {
    this.#before?.focus();
    this.#before = undefined;
  }
}
