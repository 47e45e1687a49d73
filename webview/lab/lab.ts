/** What a section of the lab is, and what it is given. */
import type { ReadonlySignal, Signal } from '@preact/signals-core';
import type { TemplateResult } from 'lit';
import type { Outcome } from '../../src/protocol/engineApi';
import type { RunDescription } from '../../src/protocol/labApi';
import type { Experiment } from '../../src/protocol/labExperiments';
import type { RunForm } from '../../src/protocol/labForms';
import type { Failure } from '../../src/protocol/failures';
import type { LabHostApi, LabState } from '../../src/protocol/labPanelApi';
import type { Progress } from '../../src/protocol/health';
import type { Translate } from '../l10n';
import type { RunLog } from './runLog';

/** The five places, in the order of the way from a text to a model. */
export const sectionNames = ['vocabulary', 'model', 'training', 'experiments', 'helo'] as const;
export type SectionName = (typeof sectionNames)[number];

/** A section is made once and keeps its state while others are open. */
export interface Section {
  /** Runs inside an effect; must render nothing in place of numbers that are not there yet. */
  stage(): TemplateResult;
  /** A few words under its name on the rail. */
  readonly says?: () => string;
  /** Takes a key, or lets it through with `false`. */
  readonly key?: (key: string) => boolean;
}

export interface Lab {
  readonly host: LabHostApi;
  /** The host's latest snapshot. */
  readonly state: ReadonlySignal<LabState>;
  /** The run that is being put together in the first three sections. */
  readonly form: { value: RunForm; peek(): RunForm };
  /** Everything a run has told so far, asked for when it is first looked at. */
  readonly logOf: (run: RunDescription) => RunLog;
  /** Merges made, while a vocabulary is learned. */
  readonly learning: Signal<Progress | undefined>;
  /** An experiment that was opened from outside; whoever takes it clears it. */
  readonly opened: Signal<Experiment | undefined>;

  readonly t: Translate;
  readonly language: 'en' | 'ja';
  /** Speaks a sentence in the live region. */
  readonly say: (sentence: string) => void;
  /** Whether tables are shown to all. */
  readonly tables: ReadonlySignal<boolean>;
  /** CSS pixels that a picture may be wide. */
  readonly width: ReadonlySignal<number>;
  readonly open: (section: SectionName) => void;
  /** The answer of the host; a failure is shown on top and is undefined here. */
  readonly ask: <Value>(answer: Promise<Outcome<Value>>) => Promise<Value | undefined>;
  /** The same for what nobody pressed a button for: an older failure stays on top. */
  readonly hear: <Value>(answer: Promise<Outcome<Value>>) => Promise<Value | undefined>;
  readonly failureText: (failure: Failure) => string;
}
