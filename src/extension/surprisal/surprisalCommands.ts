/** Going from surprise to surprise, hearing about the one at the caret, and choosing what is tinted. */
import * as vscode from 'vscode';
import { lengthOf } from '../editor/editorText';
import { rangeOf } from '../editor/tokenPainter';
import type { EngineService } from '../engine/engineService';
import { fail } from '../../protocol/failures';
import { t } from '../l10n';
import { withProgress } from '../progress';
import type { LongWork } from '../progress';
import type { Settings } from '../settings';
import { settingsSection } from '../settings';
import type { SurprisalLayer } from './surprisalLayer';
import { surprisalText } from './surprisalLayer';
import { sectionUnits } from './surprisalSections';
import type { Section } from './surprisalSections';
import type { SurprisalStatus } from './surprisalStatus';
import { figureSentences, unitSentence } from './surprisalText';
import { surpriseLevel } from './surprisalUnits';
import type { SurprisalUnit, SurprisalUnitKind } from './surprisalUnits';

export interface SurprisalCommandOptions {
  readonly engine: EngineService;
  readonly layer: SurprisalLayer;
  readonly status: SurprisalStatus;
  readonly settings: Settings;
}

export type Direction = 'next' | 'previous';

/** Sections looked at together, so that a word or line that two of them share is seen whole. */
const together = 4;
const kinds: readonly SurprisalUnitKind[] = ['token', 'word', 'line'];

export class SurprisalCommands {
  readonly #options: SurprisalCommandOptions;

  constructor(options: SurprisalCommandOptions) {
    this.#options = options;
  }

  /** Selects the nearest surprise before or after the selection, and tells it. */
  async go(editor: vscode.TextEditor | undefined, direction: Direction): Promise<void> {
    if (editor === undefined) throw fail('text-empty', {});
    const found = await withProgress(t('surprisal.searching'), (long) =>
      this.#find(editor, direction, long),
    );
    if (found === undefined) {
      vscode.window.setStatusBarMessage(t(`surprisal.none.${direction}`), 5000);
      return;
    }
    const range = rangeOf(editor.document, found.start, found.end);
    editor.selection = new vscode.Selection(range.start, range.end);
    editor.revealRange(range, vscode.TextEditorRevealType.InCenterIfOutsideViewport);
    vscode.window.setStatusBarMessage(this.#sentence(editor, found), 8000);
  }

  /** Tells of what stands at the caret, and of the selection or what is visible, in words. */
  async describe(editor: vscode.TextEditor | undefined): Promise<void> {
    if (editor === undefined) throw fail('text-empty', {});
    const said = await withProgress(t('surprisal.searching'), async (long) => {
      const unit = await this.unitAt(editor.document, editor.selection.start, long.signal);
      const figures = await this.#options.status.figures(editor, long);
      const { model } = this.#options.engine;
      return [
        ...(unit === undefined ? [] : [this.#sentence(editor, unit)]),
        ...(figures === undefined ? [] : figureSentences(figures, model)),
      ];
    });
    void vscode.window.showInformationMessage(
      said.length === 0 ? t('surprisal.nothing') : said.join(' '),
    );
  }

  async chooseUnit(): Promise<void> {
    const current = this.#options.settings.get('surprisal.unit');
    const items = kinds.map((kind) => ({
      unit: kind,
      label: t(`surprisal.unit.${kind}`),
      detail: t(`surprisal.legend.${kind}`),
      picked: kind === current,
    }));
    const chosen = await vscode.window.showQuickPick(items, { title: t('surprisal.chooseUnit') });
    if (chosen === undefined) return;
    await vscode.workspace
      .getConfiguration(settingsSection)
      .update('surprisal.unit', chosen.unit, vscode.ConfigurationTarget.Global);
  }

  /** The unit at a place of a document; undefined where none is known. */
  async unitAt(
    document: vscode.TextDocument,
    position: vscode.Position,
    signal: AbortSignal,
  ): Promise<SurprisalUnit | undefined> {
    const { layer } = this.#options;
    const offset = document.offsetAt(position);
    const around = { start: offset - sectionUnits, end: offset + sectionUnits };
    const sections = await layer.score(document, around, { signal });
    const units = await layer.units(document, sections, signal);
    return units.find(({ start, end }) => start <= offset && offset < end);
  }

  #sentence(editor: vscode.TextEditor, unit: SurprisalUnit): string {
    const text = editor.document.getText(rangeOf(editor.document, unit.start, unit.end));
    return unitSentence(unit, this.#options.settings.get('surprisal.unit'), text);
  }

  async #find(
    editor: vscode.TextEditor,
    direction: Direction,
    { signal, report }: LongWork,
  ): Promise<SurprisalUnit | undefined> {
    const { document, selection } = editor;
    const { layer } = this.#options;
    const text = surprisalText(document);
    const length = lengthOf(document);
    const step = direction === 'next' ? 1 : -1;
    const isWanted = (unit: SurprisalUnit): boolean =>
      unit.level >= surpriseLevel &&
      (direction === 'next'
        ? unit.start >= document.offsetAt(selection.end) && unit.start > startOf(editor)
        : unit.end <= document.offsetAt(selection.start));
    const known: Section[] = [];
    const count = Math.ceil(length / sectionUnits);
    const first = Math.min(count - 1, Math.floor(startOf(editor) / sectionUnits));
    for (let index = first; index >= 0 && index < count; index += step) {
      const section = await layer.sections.section(text, index, signal);
      known[direction === 'next' ? 'push' : 'unshift'](section);
      const near = direction === 'next' ? known.slice(-together) : known.slice(0, together);
      const wanted = (await layer.units(document, near, signal)).filter(isWanted);
      const found = direction === 'next' ? wanted[0] : wanted.at(-1);
      if (found !== undefined) return found;
      report(known.length / (direction === 'next' ? count - first : first + 1));
    }
    return undefined;
  }
}

function startOf({ document, selection }: vscode.TextEditor): number {
  return document.offsetAt(selection.start);
}
