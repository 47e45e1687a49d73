/** Sentences of the command line in the language of the environment. */
import * as l10n from '@vscode/l10n';
import cliEn from '../../media/l10n/cli.en.json';
import cliJa from '../../media/l10n/cli.ja.json';
import failuresEn from '../../media/l10n/failures.en.json';
import failuresJa from '../../media/l10n/failures.ja.json';
import { describeFailure } from '../protocol/describeFailure';
import type { Failure } from '../protocol/failures';

export type MessageKey = keyof typeof cliEn;

/** Japanese where the environment asks for it, by the order POSIX gives the variables; English everywhere else. */
export function chooseLanguage(environment: Readonly<Record<string, string | undefined>>): void {
  const { LC_ALL: all, LC_MESSAGES: messages, LANG: language } = environment;
  const locale = [all, messages, language].find((value) => value !== undefined && value !== '');
  const contents =
    locale?.startsWith('ja') === true ? { ...cliJa, ...failuresJa } : { ...cliEn, ...failuresEn };
  l10n.config({ contents });
}

export function t(key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string {
  return l10n.t(key, values);
}

export function failureSentence(failure: Failure): string {
  return describeFailure(failure, (key, values) => l10n.t(key, values));
}
