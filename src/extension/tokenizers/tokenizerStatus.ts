/** The language status of the tokenizer in use for the document at hand; it leads to the list of others. */
import * as vscode from 'vscode';
import { editorAtHand } from '../editor/editorText';
import { t } from '../l10n';
import type { Tokenizers } from './tokenizers';
import { tokenizerName } from './tokenizerSources';

export class TokenizerStatus {
  readonly #tokenizers: Tokenizers;
  readonly #item: vscode.LanguageStatusItem;
  readonly #owned: { dispose(): void }[];

  constructor(tokenizers: Tokenizers) {
    this.#tokenizers = tokenizers;
    this.#item = vscode.languages.createLanguageStatusItem('tokenscope.tokenizer', '*');
    const changed = (): void => {
      this.refresh();
    };
    this.#owned = [
      tokenizers.onChanged(changed),
      vscode.window.onDidChangeActiveTextEditor(changed),
    ];
    this.refresh();
  }

  refresh(): void {
    const { source } = this.#tokenizers.choiceFor(editorAtHand()?.document);
    this.#item.name = t('tokenizer.status');
    this.#item.text = tokenizerName(source);
    this.#item.command = { command: 'tokenscope.chooseTokenizer', title: t('tokenizer.choose') };
  }

  dispose(): void {
    for (const owned of this.#owned) owned.dispose();
    this.#item.dispose();
  }
}
