/**
 * Sentences in the person's language: VS Code's own, or the one the setting names. Those of the editor's side are read
 * when the extension starts, of one language only; the panels' when one opens (webviews/page.ts).
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as l10n from '@vscode/l10n';
import type compare from '../../media/l10n/compare.en.json';
import type conversations from '../../media/l10n/conversations.en.json';
import type counts from '../../media/l10n/counts.en.json';
import type editor from '../../media/l10n/editor.en.json';
import type gpu from '../../media/l10n/gpu.en.json';
import type merges from '../../media/l10n/merges.en.json';
import type sharing from '../../media/l10n/sharing.en.json';
import type stepping from '../../media/l10n/stepping.en.json';
import type tokenizers from '../../media/l10n/tokenizers.en.json';
import { describeFailure } from '../protocol/describeFailure';
import type { Failure } from '../protocol/failures';
import { grouped } from './tokens/numbers';

export type Language = 'en' | 'ja';
export type MessageKey =
  | keyof typeof compare
  | keyof typeof conversations
  | keyof typeof counts
  | keyof typeof editor
  | keyof typeof gpu
  | keyof typeof merges
  | keyof typeof sharing
  | keyof typeof stepping
  | keyof typeof tokenizers;
export type MessageValues = Readonly<Record<string, string | number>>;

/** Files of sentences in `media/l10n`, without language and ending. */
const files = [
  'compare',
  'conversations',
  'counts',
  'editor',
  'gpu',
  'merges',
  'sharing',
  'stepping',
  'tokenizers',
  'failures',
];

let current: Language = 'en';

/** The language a setting and VS Code's display language lead to. */
export function chooseLanguage(setting: 'auto' | Language, displayLanguage: string): Language {
  if (setting !== 'auto') return setting;
  return displayLanguage.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}

/** Speaks `language` from now on, with the sentences of the folder `media/l10n` at `folder`. */
export function useLanguage(language: Language, folder: string): void {
  current = language;
  const parts = files.map((file) => readFileSync(join(folder, `${file}.${language}.json`), 'utf8'));
  const contents: Record<string, string> = {};
  for (const part of parts) Object.assign(contents, JSON.parse(part));
  l10n.config({ contents });
}

export function language(): Language {
  return current;
}

export function t(key: MessageKey, values: MessageValues = {}): string {
  return l10n.t(key, values);
}

/** What went wrong, as a sentence. */
export function failureSentence(failure: Failure): string {
  return describeFailure(failure, (key, values) => l10n.t(key, readable(values)));
}

/** Long numbers in groups of three. */
function readable(values: MessageValues): Record<string, string | number> {
  const entries = Object.entries(values).map(
    ([name, value]) => [name, typeof value === 'number' ? grouped(value, current) : value] as const,
  );
  return Object.fromEntries(entries);
}
