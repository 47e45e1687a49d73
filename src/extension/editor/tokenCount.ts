/** The status bar's count: tokens of the selection or the file, and characters per token. A click shows the tokens. */
import * as vscode from 'vscode';
import { limitSentence, limitState } from '../counting/tokenLimit';
import type { LimitState } from '../counting/tokenLimit';
import type { EngineService } from '../engine/engineService';
import { failureOf, type Failure } from '../../protocol/failures';
import type { Progress } from '../../protocol/health';
import type { ModelLocation } from '../../protocol/models';
import { failureSentence, language, t } from '../l10n';
import { Latest } from '../latest';
import type { Notices } from '../notices';
import type { Tokenizers } from '../tokenizers/tokenizers';
import { tokenizerName } from '../tokenizers/tokenizerSources';
import { charactersIn } from '../tokens/characters';
import { fixed, grouped } from '../tokens/numbers';
import type { DocumentTexts } from './documentTexts';
import { editorAtHand } from './editorText';
import type { InlineTokens } from './inlineTokens';

/** Typing and dragging settle before anything is counted; a long text waits longer. */
const settleMs = 150;
const longSettleMs = 800;
const longText = 200_000;

export interface CountOptions {
  readonly engine: EngineService;
  readonly inline: InlineTokens;
  readonly tokenizers: Tokenizers;
  readonly texts: DocumentTexts;
  readonly notices: Notices;
  /** Tokens that a text should not exceed; 0 for no limit. */
  readonly limit: () => number;
  /** Of the model that would be opened. */
  readonly location: () => ModelLocation;
}

/** Colours of the status bar that themes give to warnings and errors. */
const backgrounds: Readonly<Record<LimitState, vscode.ThemeColor | undefined>> = {
  none: undefined,
  within: undefined,
  near: new vscode.ThemeColor('statusBarItem.warningBackground'),
  over: new vscode.ThemeColor('statusBarItem.errorBackground'),
};

interface Count {
  readonly tokens: number;
  readonly characters: number;
}

export class TokenCount {
  readonly #options: CountOptions;
  readonly #item: vscode.StatusBarItem;
  readonly #latest = new Latest();
  readonly #owned: { dispose(): void }[];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** The file's count is asked for at every caret movement and changes only with its text, so it outlives them. */
  readonly #latestFile = new Latest();
  #file: { readonly key: string; readonly count: Promise<Count> } | undefined;

  constructor(options: CountOptions) {
    this.#options = options;
    this.#item = vscode.window.createStatusBarItem(
      'tokenscope.count',
      vscode.StatusBarAlignment.Right,
      99,
    );
    this.#item.command = 'tokenscope.showTokens';
    const changed = (): void => {
      this.#schedule();
    };
    this.#owned = [
      vscode.window.onDidChangeActiveTextEditor(changed),
      vscode.window.onDidChangeTextEditorSelection(changed),
      vscode.workspace.onDidChangeTextDocument(({ document }) => {
        if (document === editorAtHand()?.document) this.#schedule();
      }),
      options.engine.onModel(() => {
        this.#file = undefined;
        this.#schedule();
      }),
      options.tokenizers.onChanged(() => {
        this.#file = undefined;
        this.#schedule();
      }),
      options.inline.onToggled(changed),
    ];
    this.refresh();
  }

  /** Names and numbers in the language that holds now. */
  refresh(): void {
    this.#item.name = t('count.name');
    this.#idle();
    this.#schedule();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#latest.dispose();
    this.#latestFile.dispose();
    for (const owned of this.#owned) owned.dispose();
    this.#item.dispose();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#latest.cancel();
    const editor = editorAtHand();
    if (editor === undefined) {
      this.#item.hide();
      return;
    }
    this.#item.show();
    // Counting must not be what starts the engine, unless somebody wants to be warned.
    if (!this.#isReady(editor.document)) {
      this.#idle();
      return;
    }
    const lines = editor.document.lineCount;
    const isLong = lines * 40 > longText && !this.#options.texts.has(editor.document);
    this.#timer = setTimeout(() => void this.#update(editor), isLong ? longSettleMs : settleMs);
  }

  #isReady(document: vscode.TextDocument): boolean {
    const { engine, tokenizers, location } = this.#options;
    const isWarning = this.#options.limit() > 0;
    if (tokenizers.choiceFor(document).source.kind !== 'model') {
      return engine.isRunning || isWarning;
    }
    // A model of the person's own may be large, and is not opened just to count.
    return engine.model !== undefined || (isWarning && location().kind === 'builtin');
  }

  async #update(editor: vscode.TextEditor): Promise<void> {
    const signal = this.#latest.begin();
    try {
      const { document } = editor;
      const selected = editor.selections.filter((selection) => !selection.isEmpty);
      if (selected.length === 0) {
        const { tokens, characters } = await this.#fileCount(document);
        if (!signal.aborted) this.#show('count.file', tokens, characters);
        return;
      }
      const texts = selected.map((selection) => document.getText(selection));
      let tokens = 0;
      for (const text of texts) tokens += await this.#count(document, text, signal);
      const characters = texts.reduce((sum, text) => sum + charactersIn(text), 0);
      if (!signal.aborted) this.#show('count.selection', tokens, characters);
    } catch (error) {
      const failure = failureOf(error);
      if (failure.code !== 'cancelled') this.#failed(failure);
      this.#options.notices.log.debug(String(error));
    }
  }

  #fileCount(document: vscode.TextDocument): Promise<Count> {
    const key = `${String(document.version)} ${document.uri.toString()}`;
    if (this.#file?.key === key) return this.#file.count;
    const count = this.#countFile(document, this.#latestFile.begin());
    const file = { key, count };
    this.#file = file;
    count.catch(() => {
      if (this.#file === file) this.#file = undefined;
    });
    return count;
  }

  /** A long file is kept by the engine, so that only what was edited is counted anew. */
  async #countFile(document: vscode.TextDocument, signal: AbortSignal): Promise<Count> {
    const { texts, tokenizers } = this.#options;
    if (!texts.isLong(document)) {
      const text = document.getText();
      return { tokens: await this.#count(document, text, signal), characters: charactersIn(text) };
    }
    const onProgress = ({ done, total }: Progress): void => {
      if (!signal.aborted) this.#counting(done / Math.max(1, total));
    };
    return texts.count(document, tokenizers.choiceFor(document), { signal, onProgress });
  }

  /** How far a long count has come. */
  #counting(share: number): void {
    if (share < 1) this.#item.text = t('count.counting', { percent: Math.floor(share * 100) });
  }

  #count(document: vscode.TextDocument, text: string, signal: AbortSignal): Promise<number> {
    return this.#options.tokenizers.clientFor(document).countTokens({ text }, { signal });
  }

  #show(what: 'count.file' | 'count.selection', tokens: number, characters: number): void {
    const count = grouped(tokens, language());
    const limit = this.#options.limit();
    const state = limitState(tokens, limit);
    const ofLimit = state === 'none' ? count : `${count} / ${grouped(limit, language())}`;
    this.#item.text =
      tokens === 0
        ? t('count.text', { tokens: ofLimit })
        : t(ofLimit === '1' ? 'count.textOfOne' : 'count.textWithRatio', {
            tokens: ofLimit,
            ratio: fixed(characters / tokens, 2),
          });
    this.#item.backgroundColor = backgrounds[state];
    const said = limitSentence(tokens, limit);
    this.#item.tooltip = [
      t(what, { tokens: count, characters: grouped(characters, language()) }),
      tokenizerName(this.#options.tokenizers.choiceFor(editorAtHand()?.document).source),
      ...(said === '' ? [] : [said]),
      this.#action(),
    ].join('\n');
    this.#item.accessibilityInformation = {
      label:
        `${t(what, { tokens: count, characters: grouped(characters, language()) })} ${said}`.trim(),
    };
  }

  /** The tokenizer's file may be gone or broken: that is told here, and not again with every key. */
  #failed(failure: Failure): void {
    this.#item.backgroundColor = undefined;
    this.#item.text = t('count.failed');
    this.#item.tooltip = failureSentence(failure);
    this.#item.accessibilityInformation = { label: failureSentence(failure) };
  }

  /** Nothing is counted yet: says only what a click does. */
  #idle(): void {
    this.#item.backgroundColor = undefined;
    this.#item.text = t('count.idle');
    this.#item.tooltip = this.#action();
    this.#item.accessibilityInformation = { label: this.#action() };
  }

  #action(): string {
    return t(this.#options.inline.isOn ? 'count.hide' : 'count.show');
  }
}
