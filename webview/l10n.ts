/** Translation: the host embeds the bundle of the person's language in the page, and keys are checked by the compiler. */
import * as l10n from '@vscode/l10n';
import type attention from '../media/l10n/attention.en.json';
import type compare from '../media/l10n/compare.en.json';
import type deriving from '../media/l10n/deriving.en.json';
import type inspector from '../media/l10n/inspector.en.json';
import type lab from '../media/l10n/lab.en.json';
import type lessons from '../media/l10n/lessons.en.json';
import type merges from '../media/l10n/merges.en.json';
import type origins from '../media/l10n/origins.en.json';
import type parts from '../media/l10n/parts.en.json';
import type sharing from '../media/l10n/sharing.en.json';
import type times from '../media/l10n/times.en.json';
import type verify from '../media/l10n/verify.en.json';
import type views from '../media/l10n/views.en.json';

export type MessageKey =
  | keyof typeof attention
  | keyof typeof compare
  | keyof typeof deriving
  | keyof typeof inspector
  | keyof typeof lab
  | keyof typeof lessons
  | keyof typeof merges
  | keyof typeof origins
  | keyof typeof parts
  | keyof typeof sharing
  | keyof typeof verify
  | keyof typeof times
  | keyof typeof views;
export type Arguments = Readonly<Record<string, string | number>>;

/** The sentence behind a key, with its placeholders filled in. */
export type Translate = (key: MessageKey, values?: Arguments) => string;

/** Reads the embedded bundle; called once, before anything is drawn. */
export function readBundle(bundle: Record<string, string>): void {
  l10n.config({ contents: bundle });
}

export const t: Translate = (key, values = {}) => l10n.t(key, values);

/** For keys that are computed, such as those of failures; the key itself when there is no such message. */
export function translateAny(key: string, values: Arguments = {}): string {
  return l10n.t(key, values);
}
