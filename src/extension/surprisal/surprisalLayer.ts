/**
 * The surprisal layer: the person's own text tinted by how unexpected it is to the open model. What is visible comes
 * first; newer work cancels older; sections are drawn as they arrive.
 */
import * as vscode from 'vscode';
import { isWorkable, lengthOf, snapshotOf, visibleRegions } from '../editor/editorText';
import type { EngineService } from '../engine/engineService';
import { Emitter } from '../emitter';
import { failureOf } from '../../protocol/failures';
import { Latest } from '../latest';
import type { Notices } from '../notices';
import type { Settings } from '../settings';
import { settingsSection } from '../settings';
import type { Tokenizers } from '../tokenizers/tokenizers';
import type { Region } from '../tokens/regionTokens';
import { shownTokenUnits } from './shownTokenUnits';
import { SurprisalPainter } from './surprisalPainter';
import { SurprisalSections, sectionsOf } from './surprisalSections';
import type { Section, SurprisalText } from './surprisalSections';
import { surprisalUnits } from './surprisalUnits';
import type { SurprisalUnit } from './surprisalUnits';

export interface LayerOptions {
  readonly engine: EngineService;
  readonly settings: Settings;
  readonly tokenizers: Tokenizers;
  readonly notices: Notices;
  readonly memory: vscode.Memento;
}

const memoryKey = 'showingSurprisal';
const settleMs = 30;
const marginLines = 6;
/** Units around what is asked about, so that its first and last tokens are certain. */
const edgeUnits = 512;
/** Sections drawn for one visible part; one line may be a megabyte. */
const mostSections = 16;

export class SurprisalLayer {
  readonly sections: SurprisalSections;
  readonly #options: LayerOptions;
  readonly #owned: { dispose(): void }[] = [];
  readonly #jobs = new Map<vscode.TextEditor, Job>();
  readonly #changes = new Emitter<undefined>();
  readonly #following: { dispose(): void };
  readonly #wantedBy = new Set<'person' | 'tokens'>();
  #painter: SurprisalPainter | undefined;

  /** It was switched, or what it knows of a visible text changed. */
  readonly onChange = this.#changes.event;

  constructor(options: LayerOptions) {
    const { engine } = options;
    this.#options = options;
    this.sections = new SurprisalSections(engine.client, () => engine.model?.config.context);
    this.#following = engine.onModel((model) => {
      this.sections.clear();
      if (model !== undefined) this.#redrawAll();
    });
    if (options.memory.get<unknown>(memoryKey) === true) void this.#turn('on');
  }

  get isOn(): boolean {
    return this.#painter !== undefined;
  }

  /** The person's own switch; a display of tokens that shows heat keeps the layer on whatever it says. */
  async toggle(): Promise<void> {
    await this.#turn(this.#wantedBy.has('person') ? 'off' : 'on');
  }

  /** Tokens are shown with their heat from now on, or no longer. */
  showHeat(to: 'on' | 'off'): void {
    this.#want('tokens', to);
  }

  /** Scored tokens of a part of a document, in whole sections; `report` is told the share that is done. */
  async score(
    document: vscode.TextDocument,
    region: Region,
    work: { readonly signal: AbortSignal; readonly report?: (done: number) => void },
  ): Promise<Section[]> {
    const text = surprisalText(document);
    const indices = sectionsOf(region, text.length);
    const found: Section[] = [];
    for (const index of indices) {
      found.push(await this.sections.section(text, index, work.signal));
      work.report?.(found.length / indices.length);
    }
    return found;
  }

  /** Units of neighbouring sections of a document, of the kind that the person chose. */
  async units(
    document: vscode.TextDocument,
    sections: readonly Section[],
    signal: AbortSignal,
  ): Promise<SurprisalUnit[]> {
    const kind = this.#options.settings.get('surprisal.unit');
    if (kind === 'token' && this.showsOtherTokens(document)) {
      return shownTokenUnits(sections, await this.#shownTokens(document, sections, signal));
    }
    const text = surprisalText(document);
    return surprisalUnits(sections, kind, (region) => text.slice(region));
  }

  /** Whether what is tinted are the tokens of another tokenizer than the model's. */
  showsOtherTokens(document: vscode.TextDocument): boolean {
    const isHeat = this.#wantedBy.has('tokens');
    return isHeat && this.#options.tokenizers.choiceFor(document).source.kind !== 'model';
  }

  dispose(): void {
    this.#following.dispose();
    this.#stop();
    this.#changes.dispose();
  }

  /** As the whole document has them, of the tokenizer that holds for it. */
  async #shownTokens(
    document: vscode.TextDocument,
    sections: readonly Section[],
    signal: AbortSignal,
  ): Promise<Region[]> {
    const text = surprisalText(document);
    const start = Math.max(0, (sections[0]?.start ?? 0) - edgeUnits);
    const end = Math.min(text.length, (sections.at(-1)?.end ?? 0) + edgeUnits);
    const window = {
      text: text.slice({ start, end }),
      atStart: start === 0,
      atEnd: end === text.length,
    };
    const client = this.#options.tokenizers.clientFor(document);
    const { starts, ends } = await client.tokenizeWindow(window, { signal });
    return Array.from(starts, (from, n) => ({ start: start + from, end: start + (ends[n] ?? 0) }));
  }

  async #turn(to: 'on' | 'off'): Promise<void> {
    this.#want('person', to);
    await this.#options.memory.update(memoryKey, to === 'on');
  }

  #want(who: 'person' | 'tokens', to: 'on' | 'off'): void {
    if (to === 'on') this.#wantedBy.add(who);
    else this.#wantedBy.delete(who);
    const isWanted = this.#wantedBy.size > 0;
    if (isWanted === this.isOn) {
      // Tokens of another tokenizer are tinted in the place of the model's, or no longer.
      this.#redrawAll();
      return;
    }
    if (isWanted) this.#start();
    else this.#stop();
    this.#changes.fire(undefined);
    void vscode.commands.executeCommand('setContext', 'tokenscope.showingSurprisal', this.isOn);
  }

  #start(): void {
    this.#painter = new SurprisalPainter();
    const { window, workspace } = vscode;
    this.#owned.push(
      window.onDidChangeVisibleTextEditors(() => {
        this.#followEditors();
      }),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        this.#schedule(textEditor);
      }),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0) return;
        for (const editor of this.#jobs.keys()) {
          if (editor.document === document) this.#schedule(editor);
        }
      }),
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${settingsSection}.surprisal`)) this.#redrawAll();
      }),
      this.#options.tokenizers.onChanged(() => {
        this.#redrawAll();
      }),
    );
    this.#followEditors();
  }

  #stop(): void {
    for (const owned of this.#owned.splice(0)) owned.dispose();
    for (const job of this.#jobs.values()) job.dispose();
    this.#jobs.clear();
    this.#painter?.dispose();
    this.#painter = undefined;
  }

  #followEditors(): void {
    const visible = vscode.window.visibleTextEditors.filter(({ document }) => isWorkable(document));
    for (const [editor, job] of this.#jobs) {
      if (visible.includes(editor)) continue;
      job.dispose();
      this.#jobs.delete(editor);
    }
    for (const editor of visible) {
      if (this.#jobs.has(editor)) continue;
      this.#jobs.set(editor, new Job());
      this.#schedule(editor);
    }
  }

  #redrawAll(): void {
    for (const editor of this.#jobs.keys()) this.#schedule(editor);
  }

  #schedule(editor: vscode.TextEditor): void {
    const job = this.#jobs.get(editor);
    if (job === undefined) return;
    clearTimeout(job.timer);
    job.latest.cancel();
    job.timer = setTimeout(() => void this.#update(editor, job), settleMs);
  }

  async #update(editor: vscode.TextEditor, job: Job): Promise<void> {
    const signal = job.latest.begin();
    try {
      for (const region of visibleRegions(editor, marginLines)) {
        await this.#draw(editor, region, signal);
      }
      this.#options.notices.recovered('surprisal');
    } catch (error) {
      this.#options.notices.tellOnce('surprisal', failureOf(error), error);
    }
  }

  async #draw(editor: vscode.TextEditor, region: Region, signal: AbortSignal): Promise<void> {
    const { document } = editor;
    const { version } = document;
    const isLate = (): boolean => signal.aborted || document.version !== version;
    const text = surprisalText(document);
    const found: Section[] = [];
    for (const index of sectionsOf(region, text.length).slice(0, mostSections)) {
      found.push(await this.sections.section(text, index, signal));
      if (isLate()) return;
      const units = await this.units(document, found, signal);
      if (isLate()) return;
      this.#painter?.paint(editor, units);
      this.#changes.fire(undefined);
    }
    if (found.length === 0) this.#painter?.paint(editor, []);
  }
}

export function surprisalText(document: vscode.TextDocument): SurprisalText {
  return { ...snapshotOf(document), length: lengthOf(document) };
}

/** What is under way for one visible editor. */
class Job {
  readonly latest = new Latest();
  timer: ReturnType<typeof setTimeout> | undefined;

  dispose(): void {
    clearTimeout(this.timer);
    this.latest.dispose();
  }
}
