/** How a person is told what went wrong: one translated sentence, once, with the log a click away. */
import * as vscode from 'vscode';
import { failureOf } from '../protocol/failures';
import type { Failure } from '../protocol/failures';
import { failureSentence, t } from './l10n';

/** Work that nobody asked for at this moment. */
export type Background = 'inline' | 'hover' | 'surprisal' | 'settings' | 'model';

export class Notices {
  readonly log: vscode.LogOutputChannel;
  /** What each kind of background work has told since it last worked. */
  readonly #told = new Map<Background, Set<string>>();

  constructor(log: vscode.LogOutputChannel) {
    this.log = log;
  }

  /** For what a person asked for: always told. */
  tell(failure: Failure, cause?: unknown): void {
    if (failure.code === 'cancelled') return;
    this.#show(failure, cause);
  }

  /** For what happens in the background: told once, until that background has `recovered`. */
  tellOnce(background: Background, failure: Failure, cause?: unknown): void {
    if (failure.code === 'cancelled') return;
    const told = this.#told.get(background) ?? new Set();
    const key = JSON.stringify(failure);
    if (told.has(key)) return;
    this.#told.set(background, told.add(key));
    this.#show(failure, cause);
  }

  /** The background works again; its next failure is news. */
  recovered(background: Background): void {
    this.#told.delete(background);
  }

  /** Work that a person asked for by other ways than a command. */
  async guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.tell(failureOf(error), error);
    }
  }

  inform(sentence: string): void {
    this.log.info(sentence);
    void vscode.window.showInformationMessage(sentence);
  }

  #show(failure: Failure, cause: unknown): void {
    const sentence = failureSentence(failure);
    this.log.error(`${failure.code} ${JSON.stringify(failure.details)}`);
    if (cause instanceof Error && cause.stack !== undefined) this.log.debug(cause.stack);
    const showLog = t('action.showLog');
    // What a person can put right by selecting something else is no error, and the log has nothing to add.
    if (failure.code === 'text-empty' || failure.code === 'text-too-large') {
      void vscode.window.showWarningMessage(sentence);
      return;
    }
    void vscode.window.showErrorMessage(sentence, showLog).then((chosen) => {
      if (chosen === showLog) this.log.show();
    });
  }
}
