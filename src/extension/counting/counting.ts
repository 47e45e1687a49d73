/** Counting beyond the editor: selections, files, folders, staged changes, and the workspace as a tree. */
import * as vscode from 'vscode';
import type { Command } from '../commands';
import type { EngineService } from '../engine/engineService';
import { editorAtHand, shownName } from '../editor/editorText';
import { language, t } from '../l10n';
import { Latest } from '../latest';
import { modelKey } from '../models/modelKey';
import type { Notices } from '../notices';
import { withProgress } from '../progress';
import type { Settings } from '../settings';
import { settingsSection } from '../settings';
import type { Tokenizers } from '../tokenizers/tokenizers';
import { tokenizerName } from '../tokenizers/tokenizerSources';
import { grouped } from '../tokens/numbers';
import { asCsv, asJson, tokenizersOf } from './countTree';
import { CountedWorkspace, type FileChange } from './countedWorkspace';
import { CountView } from './countView';
import { FolderCounter } from './folderCounter';
import type { FolderCount, FolderCounterOptions } from './folderCounter';
import { chooseRepository, gitApi, stagedChanges } from './stagedChanges';
import { chooseLimit, limitSentence } from './tokenLimit';
import { WorkspaceWatch } from './workspaceWatch';

export interface CountingOptions extends FolderCounterOptions {
  readonly engine: EngineService;
  readonly tokenizers: Tokenizers;
  readonly notices: Notices;
  readonly settings: Settings;
}

export class Counting {
  readonly #options: CountingOptions;
  readonly #counter: FolderCounter;
  readonly #view: CountView;
  readonly #workspace: CountedWorkspace;
  readonly #watch: WorkspaceWatch;
  readonly #listening: readonly { dispose(): void }[];
  /** Aborted with their owner: counts that nobody asked for. */
  readonly #life = new AbortController();
  /** The count of all of the workspace that is under way. */
  readonly #latestCount = new Latest();
  /** The model whose tokenizer the workspace was counted with, or would have been. */
  #model: string | undefined;
  /** Whether the counts are those of another tokenizer than the one in use. */
  #isStale = false;
  /** Counts of the workspace are made and kept up one after another. */
  #turns = Promise.resolve();

  constructor(options: CountingOptions) {
    const { settings } = options;
    this.#options = options;
    this.#counter = new FolderCounter(options);
    this.#view = new CountView(() => settings.get('limit'));
    this.#workspace = new CountedWorkspace(this.#counter);
    this.#watch = new WorkspaceWatch({
      concerns: (change) => this.#workspace.concerns(change),
      isLookedAt: () => this.#view.isVisible,
      follow: (changes) => this.#inTurn(() => this.#follow(changes)),
    });
    this.#listening = [
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${settingsSection}.limit`)) this.refresh();
      }),
      this.#view.onVisible(() => {
        this.#watch.wake();
        this.#countAgain();
      }),
      options.tokenizers.onChanged(() => {
        this.#outdated();
      }),
      options.engine.onModel((model) => {
        if (model === undefined || modelKey(model) === this.#model) return;
        const isFirst = this.#model === undefined;
        this.#model = modelKey(model);
        if (!isFirst && options.tokenizers.choiceFor(undefined).source.kind === 'model') {
          this.#outdated();
        }
      }),
      vscode.workspace.onDidSaveTextDocument(({ uri }) => {
        void this.#inTurn(() => this.#follow([{ uri, kind: 'content' }]));
      }),
      vscode.workspace.onDidDeleteFiles(({ files }) => {
        if (this.#workspace.forget(files)) this.#show();
      }),
    ];
  }

  get commands(): Readonly<Record<string, Command>> {
    return {
      countTokens: (given, all) => this.#countGiven(given, all),
      countStaged: () => this.#countStaged(),
      countWorkspace: () => this.#countWorkspace(),
      exportCounts: () => this.#export(),
      setTokenLimit: () => chooseLimit(this.#options.engine, this.#options.settings),
    };
  }

  /** In the language that holds now, against the limit that holds now. */
  refresh(): void {
    if (this.#workspace.files.length > 0) this.#show();
    else this.#view.refresh();
  }

  dispose(): void {
    this.#life.abort();
    this.#latestCount.dispose();
    for (const listening of this.#listening) listening.dispose();
    this.#watch.dispose();
    this.#counter.dispose();
    this.#view.dispose();
  }

  /** Files and folders that the Explorer hands over; else the selection or the file at hand. */
  async #countGiven(given: unknown, all: unknown): Promise<void> {
    const list = Array.isArray(all) ? all : [given];
    const uris = list.filter((uri): uri is vscode.Uri => uri instanceof vscode.Uri);
    if (uris.length === 0) {
      await this.#countEditor();
      return;
    }
    const result = await withProgress(t('counting.title'), (work) =>
      this.#counter.count(uris, work),
    );
    const names = uris.map((uri) => vscode.workspace.asRelativePath(uri)).join(', ');
    this.#tell(totalOf(result), t('counting.result', { ...this.#values(result), name: names }));
  }

  async #countEditor(): Promise<void> {
    const editor = editorAtHand();
    if (editor === undefined) {
      await this.#countWorkspace();
      return;
    }
    const { document } = editor;
    const selected = editor.selections.filter((selection) => !selection.isEmpty);
    const texts =
      selected.length > 0
        ? selected.map((selection) => document.getText(selection))
        : [document.getText()];
    const tokens = await this.#countTexts(texts, document);
    const key = selected.length > 0 ? 'counting.selection' : 'counting.document';
    const name = shownName(document);
    const tokenizer = this.#tokenizerOf(document);
    this.#tell(tokens, t(key, { tokens: grouped(tokens, language()), name, tokenizer }));
  }

  async #countTexts(
    texts: readonly string[],
    document: vscode.TextDocument | undefined,
  ): Promise<number> {
    const { tokenizers } = this.#options;
    const client = tokenizers.client(tokenizers.choiceFor(document));
    return withProgress(t('counting.title'), async ({ signal, report }) => {
      let tokens = 0;
      for (const [n, text] of texts.entries()) {
        const onProgress = ({ done, total }: { done: number; total: number }): void => {
          report((n + done / total) / texts.length);
        };
        tokens += await client.countTokens({ text }, { signal, onProgress });
      }
      return tokens;
    });
  }

  async #countStaged(): Promise<void> {
    const git = await gitApi();
    const near = editorAtHand()?.document.uri;
    const repository = git === undefined ? undefined : await chooseRepository(git, near);
    if (repository === undefined) {
      void vscode.window.showWarningMessage(t('counting.noRepository'));
      return;
    }
    const { files, diff } = await stagedChanges(repository);
    if (files === 0) {
      void vscode.window.showInformationMessage(t('counting.nothingStaged'));
      return;
    }
    const tokens = await this.#countTexts([diff], undefined);
    const values = { tokens: grouped(tokens, language()), files: grouped(files, language()) };
    const tokenizer = this.#tokenizerOf(undefined);
    this.#tell(tokens, t('counting.staged', { ...values, tokenizer }));
  }

  async #countWorkspace(): Promise<void> {
    const folders = vscode.workspace.workspaceFolders ?? [];
    if (folders.length === 0) {
      void vscode.window.showWarningMessage(t('counting.noFolder'));
      return;
    }
    await this.#countFolders(folders);
    await vscode.commands.executeCommand('tokenscope.files.focus');
  }

  async #countFolders(folders: readonly vscode.WorkspaceFolder[]): Promise<void> {
    const newest = this.#latestCount.begin();
    const wasStale = this.#isStale;
    this.#isStale = false;
    await withProgress(t('counting.title'), async (work) => {
      // From before the files are listed, so that nothing is missed.
      this.#watch.watch(folders.map(({ uri }) => uri));
      const signal = AbortSignal.any([work.signal, newest]);
      await this.#inTurn(() => this.#workspace.count(folders, { ...work, signal }));
    }).catch((error: unknown) => {
      if (!newest.aborted) this.#isStale = wasStale;
      throw error;
    });
    this.#show();
  }

  /** Another tokenizer is in use: counts of two would have no sum. */
  #outdated(): void {
    if (this.#workspace.files.length === 0) return;
    this.#isStale = true;
    this.#countAgain();
  }

  #countAgain(): void {
    if (!this.#isStale || !this.#view.isVisible) return;
    const folders = vscode.workspace.workspaceFolders ?? [];
    void this.#options.notices.guard(() => this.#countFolders(folders));
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#turns.then(work);
    this.#turns = done.catch(() => undefined);
    return done;
  }

  /** Files of the tree that changed have other counts, and others may belong to it. */
  async #follow(changes: readonly FileChange[]): Promise<void> {
    // All are counted again once somebody looks.
    if (this.#isStale) return;
    try {
      if (await this.#workspace.follow(changes, this.#life.signal)) this.#show();
    } catch (error) {
      this.#options.notices.log.warn(String(error));
    }
  }

  #show(): void {
    this.#view.show(this.#workspace.trees, (total) => this.#message(total));
  }

  /** What stands above the tree: the tokenizer, and what is not in it. */
  #message(total: number): string {
    const { left, isCut } = this.#workspace;
    const parts = [
      t('counting.with', {
        tokenizer: tokenizersOf(this.#workspace.files) || this.#tokenizerOf(undefined),
      }),
      ...(left > 0 ? [t('counting.left', { files: grouped(left, language()) })] : []),
      ...(isCut ? [t('counting.cut')] : []),
      limitSentence(total, this.#options.settings.get('limit')),
    ];
    return parts.filter((part) => part !== '').join(' ');
  }

  async #export(): Promise<void> {
    if (this.#workspace.files.length === 0) await this.#countWorkspace();
    const { files } = this.#workspace;
    if (files.length === 0) return;
    const target = await vscode.window.showSaveDialog({
      title: t('counting.exportTitle'),
      filters: { CSV: ['csv'], JSON: ['json'] },
    });
    if (target === undefined) return;
    const isJson = target.path.toLowerCase().endsWith('.json');
    const content = isJson ? asJson(files) : asCsv(files);
    await vscode.workspace.fs.writeFile(target, new TextEncoder().encode(content));
  }

  #tokenizerOf(document: vscode.TextDocument | undefined): string {
    return tokenizerName(this.#options.tokenizers.choiceFor(document).source);
  }

  #values(result: FolderCount): Record<string, string> {
    return {
      tokens: grouped(totalOf(result), language()),
      files: grouped(result.files.length, language()),
      left: grouped(result.left.length, language()),
      tokenizer: tokenizersOf(result.files) || this.#tokenizerOf(undefined),
    };
  }

  /** The count, how it stands to the limit, and a way to take the number along. */
  #tell(tokens: number, sentence: string): void {
    const { settings, notices } = this.#options;
    const limit = settings.get('limit');
    const said = [sentence, limitSentence(tokens, limit)].filter((part) => part !== '').join(' ');
    notices.log.info(said);
    const copy = t('counting.copy');
    void vscode.window.showInformationMessage(said, copy).then(async (chosen) => {
      if (chosen === copy) await vscode.env.clipboard.writeText(String(tokens));
    });
  }
}

function totalOf({ files }: FolderCount): number {
  return files.reduce((sum, file) => sum + file.tokens, 0);
}
