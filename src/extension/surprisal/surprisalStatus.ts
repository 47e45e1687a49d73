/** The layer's entry in the status bar: perplexity and bits per byte of the selection or of what is visible; the legend. */
import * as vscode from 'vscode';
import { editorAtHand, regionOf, visibleRegions } from '../editor/editorText';
import type { EngineService } from '../engine/engineService';
import { failureOf } from '../../protocol/failures';
import { t } from '../l10n';
import { Latest } from '../latest';
import type { Notices } from '../notices';
import type { Settings } from '../settings';
import type { Region } from '../tokens/regionTokens';
import { fixed } from '../tokens/numbers';
import { surprisalFigures } from './surprisalFigures';
import type { SurprisalFigures } from './surprisalFigures';
import type { SurprisalLayer } from './surprisalLayer';
import { levels } from './surprisalPainter';
import { figureSentences, legendEntries } from './surprisalText';

export interface SurprisalStatusOptions {
  readonly engine: EngineService;
  readonly layer: SurprisalLayer;
  readonly settings: Settings;
  readonly notices: Notices;
}

const settleMs = 200;

export class SurprisalStatus {
  readonly #options: SurprisalStatusOptions;
  readonly #item: vscode.StatusBarItem;
  readonly #latest = new Latest();
  readonly #owned: { dispose(): void }[];
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SurprisalStatusOptions) {
    this.#options = options;
    const right = vscode.StatusBarAlignment.Right;
    this.#item = vscode.window.createStatusBarItem('tokenscope.surprisal', right, 98);
    this.#item.command = 'tokenscope.chooseSurprisalUnit';
    const changed = (): void => {
      this.#schedule();
    };
    this.#owned = [
      options.layer.onChange(changed),
      vscode.window.onDidChangeActiveTextEditor(changed),
      vscode.window.onDidChangeTextEditorSelection(changed),
    ];
    this.refresh();
  }

  /** In the language that holds now. */
  refresh(): void {
    this.#item.name = t('surprisal.name');
    this.#schedule();
  }

  /** Figures of the selection, or of what is visible; undefined when nothing there is scored. */
  async figures(
    editor: vscode.TextEditor,
    work: { readonly signal: AbortSignal; readonly report: (done: number) => void },
  ): Promise<SurprisalFigures | undefined> {
    const { layer, engine } = this.#options;
    const tokens = [];
    for (const region of regionsToMeasure(editor)) {
      const sections = await layer.score(editor.document, region, work);
      const inside = sections
        .flatMap((section) => section.tokens)
        .filter(({ start, end }) => start >= region.start && end <= region.end);
      tokens.push(...inside);
    }
    return surprisalFigures(tokens, engine.model?.validation ?? []);
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#latest.dispose();
    for (const owned of this.#owned) owned.dispose();
    this.#item.dispose();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    this.#latest.cancel();
    const editor = editorAtHand();
    if (!this.#options.layer.isOn || editor === undefined) {
      this.#item.hide();
      return;
    }
    this.#timer = setTimeout(() => void this.#update(editor), settleMs);
  }

  async #update(editor: vscode.TextEditor): Promise<void> {
    const signal = this.#latest.begin();
    try {
      const figures = await this.figures(editor, {
        signal,
        report: (done) => {
          if (!signal.aborted && done < 1) this.#showProgress(done);
        },
      });
      if (!signal.aborted) this.#show(figures);
    } catch (error) {
      if (failureOf(error).code === 'cancelled') return;
      this.#item.hide();
      this.#options.notices.log.debug(String(error));
    }
  }

  #showProgress(done: number): void {
    this.#item.text = t('surprisal.progress', { percent: Math.floor(done * 100) });
    this.#item.show();
  }

  #show(figures: SurprisalFigures | undefined): void {
    const item = this.#item;
    item.text =
      figures === undefined
        ? t('surprisal.idle')
        : t(figures.familiarity === 'outside' ? 'surprisal.statusOutside' : 'surprisal.status', {
            perplexity: fixed(figures.perplexity, 1),
            perByte: fixed(figures.bitsPerByte, 2),
          });
    const said = figures === undefined ? [] : figureSentences(figures, this.#options.engine.model);
    item.tooltip = this.#tooltip(said);
    item.accessibilityInformation = { label: [t('surprisal.name'), ...said].join(' ') };
    item.show();
  }

  /** What the figures say, and what each tint means, in its colour. */
  #tooltip(said: readonly string[]): vscode.MarkdownString {
    const kind = this.#options.settings.get('surprisal.unit');
    const swatches = legendEntries(kind).map((entry, n) => {
      const colour = `var(--vscode-tokenscope-surprisal${String(levels[n])})`;
      const swatch = '&nbsp;'.repeat(6);
      return `<span style="background-color:${colour};">${swatch}</span> ${entry}`;
    });
    const shown = editorAtHand()?.document;
    const isOther = shown !== undefined && this.#options.layer.showsOtherTokens(shown);
    const legend = kind === 'token' && isOther ? 'shown' : kind;
    const parts = [...said, t(`surprisal.legend.${legend}`), swatches.join('<br>')];
    const markdown = new vscode.MarkdownString([...parts, t('surprisal.click')].join('\n\n'));
    markdown.supportHtml = true;
    return markdown;
  }
}

function regionsToMeasure(editor: vscode.TextEditor): readonly Region[] {
  const selected = editor.selections.filter((selection) => !selection.isEmpty);
  if (selected.length === 0) return visibleRegions(editor, 0);
  return selected.map((selection) => regionOf(editor.document, selection));
}
