/**
 * Two tokenizers on the text at hand: where they cut differently is marked in the text, and a document beside it has the
 * totals, the worst lines and every line. The marks go with the next edit, for they are those of the text as it was.
 */
import * as vscode from 'vscode';
import type { Command } from '../commands';
import { editorAtHand, shownName, visibleRegions } from '../editor/editorText';
import { rangeOf } from '../editor/tokenPainter';
import type { EngineService } from '../engine/engineService';
import { fail } from '../../protocol/failures';
import type {
  TokenizerChoice,
  TokenizerComparison,
  TokenizerSource,
} from '../../protocol/tokenizers';
import { t } from '../l10n';
import { withProgress } from '../progress';
import type { Tokenizers } from '../tokenizers/tokenizers';
import {
  builtInSources,
  isSameSource,
  sourceOf,
  tokenizerName,
} from '../tokenizers/tokenizerSources';
import { comparisonReport } from './comparisonReport';

export interface ComparisonOptions {
  readonly engine: EngineService;
  readonly tokenizers: Tokenizers;
}

interface Shown {
  readonly document: vscode.TextDocument;
  /** Where the compared text begins in the document. */
  readonly base: number;
  readonly comparison: TokenizerComparison;
  readonly names: readonly [string, string];
}

const scheme = 'tokenscope-comparison';
const marginLines = 20;
/** Marks drawn at once; a line of a megabyte has more. */
const markLimit = 1000;

/** The second tokenizer takes fewer tokens, as many, or more. */
const verdicts = ['fewer', 'same', 'more'] as const;

export class TokenizerComparer implements vscode.TextDocumentContentProvider {
  readonly #options: ComparisonOptions;
  readonly #owned: { dispose(): unknown }[];
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly #reports = new Map<string, string>();
  #marks: Readonly<Record<(typeof verdicts)[number], vscode.TextEditorDecorationType>> | undefined;
  #shown: Shown | undefined;

  readonly onDidChange = this.#changed.event;

  constructor(options: ComparisonOptions) {
    this.#options = options;
    const { window, workspace } = vscode;
    this.#owned = [
      this.#changed,
      workspace.registerTextDocumentContentProvider(scheme, this),
      workspace.onDidCloseTextDocument(({ uri }) => this.#reports.delete(uri.toString())),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (document === this.#shown?.document && contentChanges.length > 0) this.#clear();
      }),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        this.#paint(textEditor);
      }),
      window.onDidChangeVisibleTextEditors((editors) => {
        for (const editor of editors) this.#paint(editor);
      }),
    ];
  }

  get commands(): Readonly<Record<string, Command>> {
    return {
      compareTokenizers: (first, second) => this.#compare(first, second),
      nextDifference: () => {
        this.#go('next');
      },
      previousDifference: () => {
        this.#go('previous');
      },
      stopComparing: () => {
        this.#clear();
      },
    };
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#reports.get(uri.toString()) ?? t('comparing.gone');
  }

  dispose(): void {
    this.#clear();
    for (const owned of this.#owned) owned.dispose();
  }

  async #compare(given: unknown, other: unknown): Promise<void> {
    const editor = editorAtHand();
    if (editor === undefined) throw fail('text-empty', {});
    const { document, selection } = editor;
    const first = sourceGiven(given) ?? (await this.#pick(document, undefined));
    const second = first && (sourceGiven(other) ?? (await this.#pick(document, first)));
    if (first === undefined || second === undefined) return;
    const text = document.getText(selection.isEmpty ? undefined : selection);
    const { specialTokens } = this.#options.tokenizers.choiceFor(document);
    const choices: [TokenizerChoice, TokenizerChoice] = [
      { source: first, specialTokens },
      { source: second, specialTokens },
    ];
    const { version } = document;
    const comparison = await withProgress(t('comparing.title'), ({ signal, report }) =>
      this.#options.engine.client.compareTokenizers(
        { text, tokenizer: choices[0], other: choices[1] },
        { signal, onProgress: ({ done, total }) => report(done / total) },
      ),
    );
    const names: [string, string] = [tokenizerName(first), tokenizerName(second)];
    if (document.version === version) {
      const base = selection.isEmpty ? 0 : document.offsetAt(selection.start);
      await this.#show({ document, base, comparison, names });
    }
    const name = shownName(document);
    await this.#open(names, comparisonReport({ name, text, names, comparison }));
  }

  async #pick(
    document: vscode.TextDocument,
    not: TokenizerSource | undefined,
  ): Promise<TokenizerSource | undefined> {
    const { tokenizers } = this.#options;
    const current = tokenizers.choiceFor(document).source;
    const all = [current, ...builtInSources, ...tokenizers.recent];
    const sources = all.filter(
      (source, n) =>
        all.findIndex((other) => isSameSource(source, other)) === n &&
        (not === undefined || !isSameSource(source, not)),
    );
    const items = sources.map((source) => ({ label: tokenizerName(source), source }));
    const title = t(not === undefined ? 'comparing.pickFirst' : 'comparing.pickSecond');
    return (await vscode.window.showQuickPick(items, { title }))?.source;
  }

  async #open(names: readonly [string, string], report: string): Promise<void> {
    const path = `${names.join(' – ').replaceAll(/[/\\]/g, '∕')}.txt`;
    const uri = vscode.Uri.from({ scheme, path });
    this.#reports.set(uri.toString(), report);
    this.#changed.fire(uri);
    const document = await vscode.workspace.openTextDocument(uri);
    const viewColumn = vscode.ViewColumn.Beside;
    await vscode.window.showTextDocument(document, { viewColumn, preserveFocus: true });
  }

  async #show(shown: Shown): Promise<void> {
    this.#shown = shown;
    this.#marks ??= makeMarks();
    for (const editor of vscode.window.visibleTextEditors) this.#paint(editor);
    await vscode.commands.executeCommand('setContext', 'tokenscope.comparing', true);
  }

  #clear(): void {
    this.#shown = undefined;
    for (const verdict of verdicts) this.#marks?.[verdict].dispose();
    this.#marks = undefined;
    void vscode.commands.executeCommand('setContext', 'tokenscope.comparing', false);
  }

  #paint(editor: vscode.TextEditor): void {
    const { document, base, comparison, names } = this.#shown ?? {};
    if (document !== editor.document || comparison === undefined || names === undefined) return;
    const ranges = { fewer: [], same: [], more: [] } as Record<
      (typeof verdicts)[number],
      vscode.DecorationOptions[]
    >;
    const visible = visibleRegions(editor, marginLines);
    let drawn = 0;
    for (const [n, start] of comparison.starts.entries()) {
      const from = (base ?? 0) + start;
      const to = (base ?? 0) + (comparison.ends[n] ?? 0);
      if (!visible.some((region) => from < region.end && to > region.start)) continue;
      if (++drawn > markLimit) break;
      const [a, b] = [comparison.counts[0][n] ?? 0, comparison.counts[1][n] ?? 0];
      const said = t('comparing.hover', { first: names[0], second: names[1], a, b });
      ranges[b < a ? 'fewer' : b > a ? 'more' : 'same'].push({
        range: rangeOf(document, from, to),
        hoverMessage: new vscode.MarkdownString().appendText(said),
        renderOptions: { after: { contentText: `${String(a)}→${String(b)}` } },
      });
    }
    for (const verdict of verdicts) {
      const type = this.#marks?.[verdict];
      if (type !== undefined) editor.setDecorations(type, ranges[verdict]);
    }
  }

  /** Selects the nearest difference after or before the caret of the compared document, and tells it. */
  #go(direction: 'next' | 'previous'): void {
    const shown = this.#shown;
    const editor = vscode.window.visibleTextEditors.find(
      ({ document }) => document === shown?.document,
    );
    if (shown === undefined || editor === undefined) return;
    const { base, comparison, names, document } = shown;
    const starts = [...comparison.starts];
    const at = document.offsetAt(editor.selection.start) - base;
    const isEmpty = editor.selection.isEmpty;
    const n =
      direction === 'next'
        ? starts.findIndex((start) => (isEmpty ? start >= at : start > at))
        : starts.findLastIndex((start) => start < at);
    if (n < 0) {
      vscode.window.setStatusBarMessage(t('comparing.none'), 5000);
      return;
    }
    const range = rangeOf(document, base + (starts[n] ?? 0), base + (comparison.ends[n] ?? 0));
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    const [a, b] = [comparison.counts[0][n] ?? 0, comparison.counts[1][n] ?? 0];
    const said = t('comparing.hover', { first: names[0], second: names[1], a, b });
    vscode.window.setStatusBarMessage(said, 8000);
  }
}

function sourceGiven(given: unknown): TokenizerSource | undefined {
  return typeof given === 'string' ? sourceOf(given) : undefined;
}

function makeMarks(): Readonly<Record<(typeof verdicts)[number], vscode.TextEditorDecorationType>> {
  const mark = (colour: string, line: string): vscode.TextEditorDecorationType =>
    vscode.window.createTextEditorDecorationType({
      backgroundColor: new vscode.ThemeColor(colour),
      border: `0 none; border-bottom: 2px ${line}`,
      borderColor: new vscode.ThemeColor('tokenscope.idForeground'),
      after: {
        color: new vscode.ThemeColor('tokenscope.idForeground'),
        margin: '0 2px 0 1px',
        textDecoration: 'none; font-size: 0.72em; vertical-align: 0.3em',
      },
    });
  return {
    fewer: mark('diffEditor.insertedTextBackground', 'solid'),
    same: mark('editor.wordHighlightBackground', 'dotted'),
    more: mark('diffEditor.removedTextBackground', 'dashed'),
  };
}
