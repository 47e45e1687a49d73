/**
 * Tokens shown in the text: keeps the drawing of each visible editor up with its text, selections, scrolling and theme.
 * Newer work cancels older; what is drawn already is not drawn again.
 */
import * as vscode from 'vscode';
import type { EngineService } from '../engine/engineService';
import type { KnownFacts } from '../engine/knownFacts';
import { failureOf } from '../../protocol/failures';
import { Emitter } from '../emitter';
import type { Notices } from '../notices';
import type { Settings } from '../settings';
import { settingsSection } from '../settings';
import type { Tokenizers } from '../tokenizers/tokenizers';
import type { TextSnapshot, TokenPlace } from '../tokens/regionTokens';
import type { DocumentTexts } from './documentTexts';
import { isWorkable, regionsOf, snapshotOf, visibleRegions } from './editorText';
import { ShownEditor } from './shownEditor';
import { tokenMarks } from './tokenMarks';
import { TokenPainter } from './tokenPainter';

/** Lines drawn above and below what is visible, so that slow scrolling finds them there. */
const marginLines = 12;
/** Bands drawn at once; a line of a megabyte has more. */
const markLimit = 1_500;
/** Changes closer together than this are drawn as one. */
const settleMs = 5;

export interface InlineOptions {
  readonly engine: EngineService;
  readonly known: KnownFacts;
  readonly tokenizers: Tokenizers;
  readonly texts: DocumentTexts;
  readonly settings: Settings;
  readonly notices: Notices;
  readonly memory: vscode.Memento;
}

export class InlineTokens {
  readonly #options: InlineOptions;
  readonly #editors = new Map<vscode.TextEditor, ShownEditor>();
  readonly #owned: { dispose(): void }[] = [];
  readonly #toggled = new Emitter<boolean>();
  #painter: TokenPainter | undefined;
  #ghost: GhostPlace | undefined;

  readonly onToggled = this.#toggled.event;

  constructor(options: InlineOptions) {
    this.#options = options;
    if (options.memory.get<unknown>(memoryKey) === true) void this.#turn('on');
  }

  get isOn(): boolean {
    return this.#painter !== undefined;
  }

  async toggle(): Promise<void> {
    await this.#turn(this.isOn ? 'off' : 'on');
  }

  /** The token at a position of a shown document; tokenizes there when that was not visible yet. */
  async tokenAt(
    document: vscode.TextDocument,
    position: vscode.Position,
    signal: AbortSignal,
  ): Promise<TokenPlace | undefined> {
    const offset = document.offsetAt(position);
    const text = this.#textOf(document);
    for (const { editor, tokens } of this.#statesOf(document)) {
      const place = await tokens.at(text, { regions: regionsOf(editor), offset }, signal);
      if (place !== undefined) return place;
    }
    return undefined;
  }

  /** Ghost text stands at a place, or nowhere any more. */
  makeRoom(ghost: GhostPlace | undefined): void {
    this.#ghost = ghost;
    for (const state of this.#editors.values()) this.#changed(state.editor);
  }

  dispose(): void {
    this.#stop();
    this.#toggled.dispose();
  }

  async #turn(to: 'on' | 'off'): Promise<void> {
    if (to === 'on') this.#start();
    else this.#stop();
    this.#toggled.fire(this.isOn);
    await vscode.commands.executeCommand('setContext', 'tokenscope.showingTokens', this.isOn);
    await this.#options.memory.update(memoryKey, this.isOn);
  }

  #start(): void {
    this.#painter ??= new TokenPainter();
    const { window, workspace } = vscode;
    this.#owned.push(
      window.onDidChangeVisibleTextEditors(() => {
        this.#followEditors();
      }),
      window.onDidChangeTextEditorSelection(({ textEditor }) => {
        this.#changed(textEditor);
      }),
      window.onDidChangeTextEditorVisibleRanges(({ textEditor }) => {
        this.#changed(textEditor);
      }),
      workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        if (contentChanges.length === 0) return;
        this.#painter?.edited(document, contentChanges);
        for (const { editor } of this.#statesOf(document)) this.#changed(editor, 'now');
      }),
      window.onDidChangeActiveColorTheme(() => {
        this.#redrawAll();
      }),
      workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${settingsSection}.inline`)) this.#redrawAll();
      }),
      this.#options.engine.onModel((model) => {
        if (model !== undefined) this.#redrawAll();
      }),
      this.#options.tokenizers.onChanged(() => {
        this.#redrawAll();
      }),
    );
    this.#followEditors();
  }

  #stop(): void {
    for (const owned of this.#owned.splice(0)) owned.dispose();
    for (const state of this.#editors.values()) state.dispose();
    this.#editors.clear();
    this.#painter?.dispose();
    this.#painter = undefined;
  }

  #followEditors(): void {
    const visible = vscode.window.visibleTextEditors.filter(({ document }) => isWorkable(document));
    for (const [editor, state] of this.#editors) {
      if (visible.includes(editor)) continue;
      state.dispose();
      this.#painter?.leave(editor);
      this.#editors.delete(editor);
    }
    for (const editor of visible) {
      if (this.#editors.has(editor)) continue;
      this.#editors.set(editor, new ShownEditor(editor, this.#options.tokenizers));
      this.#changed(editor);
    }
  }

  /** Editors may show one document with different selections; nobody says which of them is meant: the active one first. */
  #statesOf(document: vscode.TextDocument): ShownEditor[] {
    const states = [...this.#editors.values()].filter(({ editor }) => editor.document === document);
    const isActive = ({ editor }: ShownEditor): boolean =>
      editor === vscode.window.activeTextEditor;
    return [...states.filter(isActive), ...states.filter((state) => !isActive(state))];
  }

  #redrawAll(): void {
    for (const state of this.#editors.values()) {
      state.tokens.clear();
      state.drawn = undefined;
      state.underWay = undefined;
      this.#changed(state.editor);
    }
  }

  #changed(editor: vscode.TextEditor, when: 'now' | 'soon' = 'soon'): void {
    const state = this.#editors.get(editor);
    const ghostAt = state && this.#ghostIn(state);
    // What is due looks at the editor as it is by then.
    if (state === undefined || state.isDue || state.isWanted(state.underWay, ghostAt)) return;
    clearTimeout(state.timer);
    state.latest.cancel();
    state.underWay = undefined;
    if (state.isWanted(state.drawn, ghostAt)) return;
    state.staleSince ??= performance.now();
    // What is selected while the text changes may be of the text before, and is told right afterwards.
    const isAtOnce = when === 'now' && editor.selections.every(({ isEmpty }) => isEmpty);
    if (isAtOnce) this.#drawAtOnce(state);
    else state.timer = setTimeout(() => void this.#update(state), settleMs);
  }

  /** Behind what else is told in the same breath: the edit goes to the engine first, and the caret has moved. */
  #drawAtOnce(state: ShownEditor): void {
    state.isDue = true;
    queueMicrotask(() => {
      state.isDue = false;
      if (this.#editors.get(state.editor) === state) void this.#update(state);
    });
  }

  #textOf(document: vscode.TextDocument): TextSnapshot {
    const { texts, tokenizers } = this.#options;
    const tokenizer = tokenizers.choiceFor(document);
    return {
      ...snapshotOf(document),
      kept: (range, signal) => texts.part(document, { range, tokenizer }, signal),
    };
  }

  #ghostIn({ editor }: ShownEditor): number | undefined {
    return this.#ghost?.document === editor.document ? this.#ghost.offset : undefined;
  }

  async #update(state: ShownEditor): Promise<void> {
    const signal = state.latest.begin();
    try {
      await this.#draw(state, signal);
      this.#options.notices.recovered('inline');
    } catch (error) {
      this.#options.notices.tellOnce('inline', failureOf(error), error);
    } finally {
      if (!state.latest.isSuperseded(signal)) state.underWay = undefined;
    }
  }

  async #draw(state: ShownEditor, signal: AbortSignal): Promise<void> {
    const { editor } = state;
    const { settings, known, tokenizers } = this.#options;
    // Embeddings are the model's, and ids of another vocabulary have none.
    const isModels = tokenizers.choiceFor(editor.document).source.kind === 'model';
    const regions = regionsOf(editor);
    const visible = visibleRegions(editor, marginLines);
    const ghostAt = this.#ghostIn(state);
    const drawing = { key: state.key(ghostAt), visible };
    state.underWay = drawing;
    const text = this.#textOf(editor.document);
    const began = performance.now();
    const cpuBefore = process.cpuUsage();
    const parts = await state.tokens.spans(text, { regions, visible }, signal);
    const cap = { limit: markLimit, near: editor.document.offsetAt(editor.selection.active) };
    const marks = parts.flatMap(({ span, part }) => tokenMarks(span, part, cap));
    const mode = settings.get('inline.mode');
    const palette = settings.get('inline.palette');
    const strips =
      isModels && mode === 'ids' && settings.get('inline.showStrips')
        ? {
            values: await known.embeddings(
              marks.flatMap((mark) => mark.ids),
              signal,
            ),
            end: await known.scaleEnd(),
          }
        : undefined;
    if (signal.aborted || editor.document.version !== text.version) return;
    const showIds = settings.get('inline.showIds');
    this.#painter?.paint(editor, { marks, mode, palette, showIds, strips, ghostAt });
    state.drawn = drawing;
    const now = performance.now();
    const ms = now - began;
    const sinceMs = now - (state.staleSince ?? began);
    state.staleSince = undefined;
    const { user, system } = process.cpuUsage(cpuBefore);
    const cpuMs = (user + system) / 1000;
    this.#options.notices.log.trace(
      `drew ${String(marks.length)} tokens in ${ms.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of CPU time, ` +
        `${sinceMs.toFixed(1)} ms after the event`,
    );
  }
}

const memoryKey = 'showingTokens';

/** Where ghost text stands: a UTF-16 offset in a document. */
export interface GhostPlace {
  readonly document: vscode.TextDocument;
  readonly offset: number;
}
