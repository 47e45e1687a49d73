/** The vocabulary of the tokenizer in use as a panel: one, which follows the choice of tokenizer and outlives a reload. */
import * as vscode from 'vscode';
import type { Command } from '../commands';
import { editorAtHand } from '../editor/editorText';
import type { EngineService } from '../engine/engineService';
import { t } from '../l10n';
import type { Notices } from '../notices';
import { tokenizerName } from '../tokenizers/tokenizerSources';
import type { Tokenizers } from '../tokenizers/tokenizers';
import { webviewOptions } from '../webviews/page';
import type { ExpressionSearcher } from './expressionSearcher';
import { VocabularyPage, type Shown } from './vocabularyPage';

export const vocabularyType = 'tokenscope.vocabulary';

export interface VocabularyPanelOptions {
  readonly engine: EngineService;
  readonly tokenizers: Tokenizers;
  readonly expressions: ExpressionSearcher;
  readonly notices: Notices;
  readonly extension: vscode.Uri;
}

export class VocabularyPanel implements vscode.WebviewPanelSerializer {
  readonly #options: VocabularyPanelOptions;
  readonly #owned: readonly { dispose(): void }[];
  #page: VocabularyPage | undefined;
  /** How many models were opened: the model's own tokenizer is another one with each. */
  #models = 0;
  #shown: Shown | undefined;

  constructor(options: VocabularyPanelOptions) {
    this.#options = options;
    const { engine, tokenizers } = options;
    this.#owned = [
      vscode.window.registerWebviewPanelSerializer(vocabularyType, this),
      tokenizers.onChanged(() => {
        this.#look();
      }),
      engine.onModel(() => {
        this.#models++;
        if (this.#shown?.isModels === true) this.#look();
      }),
    ];
  }

  get commands(): Readonly<Record<string, Command>> {
    return { browseVocabulary: () => this.open() };
  }

  async open(): Promise<void> {
    if (this.#page) {
      this.#look();
      this.#page.panel.reveal();
      return;
    }
    this.#shown = this.#atHand();
    const panel = vscode.window.createWebviewPanel(
      vocabularyType,
      t('vocabulary.panelTitle'),
      vscode.ViewColumn.Active,
      webviewOptions(this.#options.extension),
    );
    await this.#adopt(panel);
  }

  /** VS Code hands back the panel that was open when the window was reloaded. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = webviewOptions(this.#options.extension);
    await this.#adopt(panel);
  }

  async reloadPage(): Promise<void> {
    this.#shown = this.#atHand();
    await this.#page?.load();
  }

  dispose(): void {
    this.#page?.panel.dispose();
    for (const owned of this.#owned) owned.dispose();
  }

  async #adopt(panel: vscode.WebviewPanel): Promise<void> {
    this.#page?.panel.dispose();
    const page = new VocabularyPage({
      ...this.#options,
      panel,
      shown: () => (this.#shown ??= this.#atHand()),
      onClosed: () => {
        if (this.#page === page) this.#page = undefined;
      },
    });
    this.#page = page;
    await page.load();
  }

  /** Another vocabulary is told to the page. */
  #look(): void {
    const now = this.#atHand();
    if (now.key === this.#shown?.key) return;
    this.#shown = now;
    this.#page?.update();
  }

  #atHand(): Shown {
    const choice = this.#options.tokenizers.choiceFor(editorAtHand()?.document);
    const isModels = choice.source.kind === 'model';
    const key = JSON.stringify([choice, isModels ? this.#models : 0]);
    return { choice, key, name: tokenizerName(choice.source), isModels };
  }
}
