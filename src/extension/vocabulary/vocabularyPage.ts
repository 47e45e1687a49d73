/** The vocabulary's open panel: its page and its wire. What it asks for is cancelled when it is closed. */
import { createBirpc } from 'birpc';
import type { BirpcReturn } from 'birpc';
import * as vscode from 'vscode';
import { fail } from '../../protocol/failures';
import type {
  SimilarToken,
  VocabularyContents,
  VocabularyEvents,
  VocabularyHost,
  VocabularyState,
} from '../../protocol/vocabularyApi';
import type { TokenizerChoice } from '../../protocol/tokenizers';
import type { VocabularyTable } from '../../protocol/tokens';
import type { EngineService } from '../engine/engineService';
import { t } from '../l10n';
import { Latest } from '../latest';
import type { Notices } from '../notices';
import type { Tokenizers } from '../tokenizers/tokenizers';
import { outcomeOf } from '../webviews/outcome';
import { pageHtml } from '../webviews/page';
import type { ExpressionSearcher } from './expressionSearcher';
import { checked } from './vocabularyMessages';

/** The vocabulary that the page is to show. */
export interface Shown extends VocabularyState {
  readonly choice: TokenizerChoice;
}

export interface VocabularyPageOptions {
  readonly panel: vscode.WebviewPanel;
  readonly engine: EngineService;
  readonly tokenizers: Tokenizers;
  readonly expressions: ExpressionSearcher;
  readonly notices: Notices;
  readonly extension: vscode.Uri;
  readonly shown: () => Shown;
  readonly onClosed: () => void;
}

const similarListed = 24;

export class VocabularyPage {
  readonly panel: vscode.WebviewPanel;
  readonly #options: VocabularyPageOptions;
  readonly #wire: BirpcReturn<VocabularyEvents, VocabularyHost>;
  readonly #origins = new Latest();
  readonly #search = new Latest();
  /** What the last search looked at. */
  #searched: { readonly key: string; readonly table: Promise<VocabularyTable> } | undefined;
  /** Aborted when the panel closes, and with it whatever the page has asked for. */
  readonly #life = new AbortController();
  #isListening = false;

  constructor(options: VocabularyPageOptions) {
    const { panel, notices } = options;
    this.panel = panel;
    this.#options = options;
    this.#wire = createBirpc<VocabularyEvents, VocabularyHost>(checked(this.#api()), {
      post: (message) => panel.webview.postMessage(message),
      on: (listener) => panel.webview.onDidReceiveMessage(listener),
      eventNames: ['update', 'progress'],
      timeout: -1,
      onFunctionError: (error, method) => {
        notices.log.warn(`vocabulary: ${method}: ${error.message}`);
      },
    });
    panel.onDidDispose(() => {
      this.#life.abort();
      this.#origins.dispose();
      this.#search.dispose();
      this.#wire.$close();
      options.onClosed();
    });
  }

  /** Loads the page, again when the language has changed. */
  async load(): Promise<void> {
    this.#isListening = false;
    const { panel, extension } = this.#options;
    const title = t('vocabulary.panelTitle');
    panel.title = title;
    panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.svg');
    panel.webview.html = await pageHtml({
      webview: panel.webview,
      extension,
      bundle: 'vocabulary',
      title,
      sentences: ['vocabulary', 'failures'],
    });
  }

  /** Tells the page which vocabulary it is to show from now on. */
  update(): void {
    this.#origins.cancel();
    this.#search.cancel();
    if (this.#isListening) void this.#wire.update(this.#state());
  }

  #state(): VocabularyState {
    const { key, name, isModels } = this.#options.shown();
    return { key, name, isModels };
  }

  #api(): VocabularyHost {
    const { tokenizers, notices } = this.#options;
    return {
      ready: () => {
        this.#isListening = true;
        return Promise.resolve(this.#state());
      },
      contents: ({ key }) => outcomeOf(this.#contents(key)),
      origins: ({ key }) => {
        const signal = AbortSignal.any([this.#origins.begin(), this.#life.signal]);
        const onProgress = (progress: Parameters<VocabularyEvents['progress']>[0]): void => {
          void this.#wire.progress(progress);
        };
        const asked = async () =>
          tokenizers.client(this.#choiceOf(key)).tokenOrigins({}, { signal, onProgress });
        return outcomeOf(asked());
      },
      cancelOrigins: () => {
        this.#origins.cancel();
      },
      find: ({ key, typed }) => outcomeOf(this.#find(key, typed)),
      similar: ({ key, id }) => outcomeOf(this.#similar(key, id)),
      copy: ({ text }) => void notices.guard(async () => vscode.env.clipboard.writeText(text)),
      chooseTokenizer: () => void vscode.commands.executeCommand('tokenscope.chooseTokenizer'),
    };
  }

  async #contents(key: string): Promise<VocabularyContents> {
    const client = this.#options.tokenizers.client(this.#choiceOf(key));
    const { signal } = this.#life;
    const { kind } = await client.tokenizerInfo({}, { signal });
    return { kind, table: await client.vocabulary({}, { signal }) };
  }

  async #find(key: string, typed: string): Promise<Uint32Array> {
    const signal = this.#search.begin();
    const client = this.#options.tokenizers.client(this.#choiceOf(key));
    if (this.#searched?.key !== key) this.#searched = { key, table: client.vocabulary({}) };
    const searched = this.#searched;
    searched.table.catch(() => {
      if (this.#searched === searched) this.#searched = undefined;
    });
    return this.#options.expressions.find({ typed, table: await searched.table }, signal);
  }

  async #similar(key: string, id: number): Promise<readonly SimilarToken[]> {
    if (this.#choiceOf(key).source.kind !== 'model') return [];
    const { client } = this.#options.engine;
    const { signal } = this.#life;
    const { nearest } = await client.tokenFacts({ id, neighbours: similarListed }, { signal });
    return nearest.map(({ id: other, cosine }) => ({ id: other, cosine }));
  }

  /** Of a page that has not heard yet that another vocabulary is shown, nothing is answered. */
  #choiceOf(key: string): TokenizerChoice {
    const shown = this.#options.shown();
    if (shown.key !== key) throw fail('cancelled', {});
    return shown.choice;
  }
}
