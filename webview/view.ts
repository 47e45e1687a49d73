/**
 * What a view of the Inspector is, and what it is given. A view draws one step; the shell around it owns everything else.
 *
 * What triggers what:
 * - `stage()` runs inside an effect: it runs again whenever a signal it read changes (`subject`, `place`, `size`,
 *   an answer of `numbers` that arrived). Canvases repaint by themselves when the theme changes. It must not read `pointed`: hovering never rebuilds a picture.
 * - `side()` runs inside an effect of its own and may read everything, `pointed` included.
 * - What has to follow the pointer inside the stage (ring, frames, tint) is wrapped in `watch(() => template)`
 *   (`watch.ts`), which runs again alone.
 * - A view is made when its step is opened and dropped when another opens; what it keeps in its closure lives that long.
 */
import type { ReadonlySignal, Signal } from '@preact/signals-core';
import type { TemplateResult } from 'lit';
import type { Progress } from '../src/protocol/health';
import type { ModelInfo } from '../src/protocol/models';
import type { HostApi, ToldRead, PanelState, Place } from '../src/protocol/panelApi';
import type { RunEdits } from '../src/protocol/runEdits';
import type { RunInfo } from '../src/protocol/runs';
import type { TokenTable } from '../src/protocol/tokens';
import type { Translate } from './l10n';
import type { Labels } from './labels';
import type { Numbers } from './numbers';
import type { OtherSide } from './otherSide';
import type { PartName } from './parts';

export type ViewMaker = (inspector: Inspector) => View;

export interface View {
  /** The picture in the middle. Renders nothing in place of numbers that are not there yet. */
  stage(): TemplateResult;
  /** The column beside it, made by `explanation` of side.ts; undefined when the picture takes the whole width. */
  readonly side?: () => TemplateResult;
  /** What counts as pointed at while nothing is: the locked cell, or the one that a picture starts with. */
  readonly resting?: () => Pointed | undefined;
  /** What the keys do here. */
  readonly moves?: Moves;
}

/** A key that a view does not take falls through to the shell: tokens, blocks, steps. Return false to let it through. */
export interface Moves {
  /** ← and → */
  readonly x?: (by: Direction) => boolean;
  /** ↑ and ↓ */
  readonly y?: (by: Direction) => boolean;
  /** Enter: open, or lock what is pointed at. */
  readonly enter?: () => boolean;
  /** N, P and Space: the next or previous stage inside the step. */
  readonly stage?: (by: Direction) => boolean;
  /** M: begins or ends editing what is on screen. */
  readonly edit?: () => boolean;
  /** Esc, when nothing is locked. */
  readonly close?: () => boolean;
}

export type Direction = 1 | -1;

/** Everything a view may look at and do. */
export interface Inspector {
  /** The host's latest snapshot. */
  readonly state: ReadonlySignal<PanelState>;
  /** The run that is on screen with what it belongs to. A view exists only while there is one. */
  readonly subject: ReadonlySignal<Subject>;
  /** Where the person is looking, with every index made valid for the subject. */
  readonly place: ReadonlySignal<ValidPlace>;
  /** Moves: changes the place, tells the host, persists. Indices out of range are clamped. */
  readonly set: (patch: Partial<Place>) => void;

  /** What the pointer (or an arrow key) is on, if anything; it passes. A click locks by `set`. */
  readonly pointed: ReadonlySignal<Pointed | undefined>;
  readonly point: (what: Pointed | undefined) => void;

  /** Numbers of the run, pulled from the engine when first read. */
  readonly numbers: Numbers;
  /** How far the long read under way is, as it was told last. */
  readonly progress: ReadonlySignal<
    { readonly read: ToldRead; readonly progress: Progress } | undefined
  >;
  /** Tokens as text and chips. */
  readonly labels: Labels;
  /** The part of the open step whose explanation is open. */
  readonly part: Signal<PartName | undefined>;
  /** What the run is compared with. */
  readonly other: OtherSide;
  readonly host: HostApi;
  /** Computes the pointed number again by another path and shows both, with what it is made of. */
  readonly verify: () => void;

  /** Room for the picture in CSS pixels, without the stage's padding. */
  readonly size: ReadonlySignal<Size>;
  /** True when the person asked for reduced motion. */
  readonly calm: ReadonlySignal<boolean>;

  readonly language: 'en' | 'ja';
  readonly t: Translate;
  /** Speaks a sentence in the live region. */
  readonly say: (sentence: string) => void;
}

/** The run that is shown. Positions count in the run's window: position 0 is token `run.dropped` of the text. */
export interface Subject {
  readonly text: string;
  readonly tokens: TokenTable;
  readonly run: RunInfo;
  readonly model: ModelInfo;
  /** What was changed about the run, and the same run without that. */
  readonly edits: RunEdits;
  readonly unedited: RunInfo | undefined;
  /** Number of positions of the run, T. */
  readonly length: number;
}

/** A place whose indices all exist. */
export interface ValidPlace extends Place {
  /** Index in the text's tokens, never −1 and never one that fell out of the window. */
  readonly token: number;
  /** The same token as a position of the run. */
  readonly position: number;
}

/** What may be pointed at. All indices are positions of the run. */
export interface Pointed {
  readonly token?: number;
  /** A cell of an attention map: query, key. */
  readonly cell?: readonly [query: number, key: number];
  /** A weight for each position, in [0, 1]: the strip is tinted by it. */
  readonly weights?: ArrayLike<number>;
  /** A channel of the vectors on screen. */
  readonly channel?: number;
  readonly neuron?: number;
  /** A row of a picture of states: 0 after the embedding, n after block n − 1. */
  readonly layer?: number;
  /** A row of the vocabulary. */
  readonly id?: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
  /** Whether the side stands beside the stage rather than under it. */
  readonly besides: boolean;
}
