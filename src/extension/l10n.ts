/**
 * Sentences in the person's language: VS Code's own, or the one the setting names. The bundles of the editor's side are
 * small and travel inside the extension's bundle; the panel's are read when it opens (webviews/page.ts).
 */
import * as l10n from '@vscode/l10n';
import conversationsEn from '../../media/l10n/conversations.en.json';
import conversationsJa from '../../media/l10n/conversations.ja.json';
import countsEn from '../../media/l10n/counts.en.json';
import countsJa from '../../media/l10n/counts.ja.json';
import editorEn from '../../media/l10n/editor.en.json';
import editorJa from '../../media/l10n/editor.ja.json';
import failuresEn from '../../media/l10n/failures.en.json';
import failuresJa from '../../media/l10n/failures.ja.json';
import mergesEn from '../../media/l10n/merges.en.json';
import mergesJa from '../../media/l10n/merges.ja.json';
import sharingEn from '../../media/l10n/sharing.en.json';
import sharingJa from '../../media/l10n/sharing.ja.json';
import steppingEn from '../../media/l10n/stepping.en.json';
import steppingJa from '../../media/l10n/stepping.ja.json';
import tokenizersEn from '../../media/l10n/tokenizers.en.json';
import tokenizersJa from '../../media/l10n/tokenizers.ja.json';
import gpuEn from '../../media/l10n/gpu.en.json';
import gpuJa from '../../media/l10n/gpu.ja.json';
import { describeFailure } from '../protocol/describeFailure';
import type { Failure } from '../protocol/failures';
import { grouped } from './tokens/numbers';

export type Language = 'en' | 'ja';
export type MessageKey =
  | keyof typeof conversationsEn
  | keyof typeof countsEn
  | keyof typeof editorEn
  | keyof typeof gpuEn
  | keyof typeof mergesEn
  | keyof typeof sharingEn
  | keyof typeof steppingEn
  | keyof typeof tokenizersEn;
export type MessageValues = Readonly<Record<string, string | number>>;

const bundles = {
  en: {
    ...conversationsEn,
    ...countsEn,
    ...editorEn,
    ...gpuEn,
    ...mergesEn,
    ...sharingEn,
    ...steppingEn,
    ...tokenizersEn,
    ...failuresEn,
  },
  ja: {
    ...conversationsJa,
    ...countsJa,
    ...editorJa,
    ...gpuJa,
    ...mergesJa,
    ...sharingJa,
    ...steppingJa,
    ...tokenizersJa,
    ...failuresJa,
  },
};

let current: Language = 'en';

/** The language a setting and VS Code's display language lead to. */
export function chooseLanguage(setting: 'auto' | Language, displayLanguage: string): Language {
  if (setting !== 'auto') return setting;
  return displayLanguage.toLowerCase().startsWith('ja') ? 'ja' : 'en';
}

export function useLanguage(language: Language): void {
  current = language;
  l10n.config({ contents: bundles[language] });
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
