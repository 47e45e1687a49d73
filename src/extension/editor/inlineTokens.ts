/**
 * Tokens shown in the text: keeps the drawing of each visible editor up with its text, selections, scrolling and theme.
 * Newer work cancels older; what is drawn already is not drawn again.
 */
import * as vscode from 'vscode';
import type { EngineService } from '../engine/engineService';
import type { KnownFacts } from '../engine/knownFacts';
import { failureOf } from '../../protocol/failures';
import { Emitter } from '../emitter';
import { Latest } from '../latest';
import type { Notices } from '../notices';
import type { Settings } from '../settings';
import { settingsSection } from '../settings';
import type { Tokenizers } from '../tokenizers/tokenizers';
import { RegionTokens } from '../tokens/regionTokens';
import type { Region, TextSnapshot, TokenPlace } from '../tokens/regionTokens';
import type { DocumentTexts } from './documentTexts';
import { isWorkable, regionsOf, snapshotOf, visibleRegions } from './editorText';
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
  readonly #editors = new Map<vscode.TextEditor, EditorState>();
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
        for (const { editor } of this.#statesOf(document)) this.#changed(editor);
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
      this.#editors.delete(editor);
    }
    for (const editor of visible) {
      if (this.#editors.has(editor)) continue;
      this.#editors.set(editor, new EditorState(editor, this.#options.tokenizers));
      this.#changed(editor);
    }
  }

  /** Editors may show one document with different selections; nobody says which of them is meant: the active one first. */
  #statesOf(document: vscode.TextDocument): EditorState[] {
    const states = [...this.#editors.values()].filter(({ editor }) => editor.document === document);
    const isActive = ({ editor }: EditorState): boolean =>
      editor === vscode.window.activeTextEditor;
    return [...states.filter(isActive), ...states.filter((state) => !isActive(state))];
  }

  #redrawAll(): void {
    for (const state of this.#editors.values()) {
      state.tokens.clear();
      state.drawn = undefined;
      this.#changed(state.editor);
    }
  }

  #changed(editor: vscode.TextEditor): void {
    const state = this.#editors.get(editor);
    if (state === undefined) return;
    clearTimeout(state.timer);
    state.latest.cancel();
    if (state.isDrawn(this.#ghostIn(state))) return;
    state.timer = setTimeout(() => void this.#update(state), settleMs);
  }

  #textOf(document: vscode.TextDocument): TextSnapshot {
    const { texts, tokenizers } = this.#options;
    const tokenizer = tokenizers.choiceFor(document);
    return {
      ...snapshotOf(document),
      kept: (range, signal) => texts.part(document, { range, tokenizer }, signal),
    };
  }

  #ghostIn({ editor }: EditorState): number | undefined {
    return this.#ghost?.document === editor.document ? this.#ghost.offset : undefined;
  }

  async #update(state: EditorState): Promise<void> {
    const signal = state.latest.begin();
    try {
      await this.#draw(state, signal);
      this.#options.notices.recovered('inline');
    } catch (error) {
      this.#options.notices.tellOnce('inline', failureOf(error), error);
    }
  }

  async #draw(state: EditorState, signal: AbortSignal): Promise<void> {
    const { editor } = state;
    const { settings, known, tokenizers } = this.#options;
    // Embeddings are the model's, and ids of another vocabulary have none.
    const isModels = tokenizers.choiceFor(editor.document).source.kind === 'model';
    const regions = regionsOf(editor);
    const visible = visibleRegions(editor, marginLines);
    const ghostAt = this.#ghostIn(state);
    const key = state.key(ghostAt);
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
    state.drawn = { key, visible };
    const ms = performance.now() - began;
    const { user, system } = process.cpuUsage(cpuBefore);
    const cpuMs = (user + system) / 1000;
    this.#options.notices.log.trace(
      `drew ${String(marks.length)} tokens in ${ms.toFixed(1)} ms, ${cpuMs.toFixed(1)} ms of CPU time`,
    );
  }
}

const memoryKey = 'showingTokens';

/** Where ghost text stands: a UTF-16 offset in a document. */
export interface GhostPlace {
  readonly document: vscode.TextDocument;
  readonly offset: number;
}

/** What is known of one visible editor. */
class EditorState {
  readonly editor: vscode.TextEditor;
  readonly tokens: RegionTokens;
  readonly latest = new Latest();
  timer: ReturnType<typeof setTimeout> | undefined;
  /** What was drawn last: for which text and selections, and around which lines. */
  drawn: { readonly key: string; readonly visible: readonly Region[] } | undefined;

  constructor(editor: vscode.TextEditor, tokenizers: Tokenizers) {
    this.editor = editor;
    this.tokens = new RegionTokens(tokenizers.clientFor(editor.document));
  }

  key(ghostAt: number | undefined): string {
    const regions = regionsOf(this.editor).map(
      ({ start, end }) => `${String(start)}-${String(end)}`,
    );
    return `${String(this.editor.document.version)} ${String(ghostAt)} ${regions.join(' ')}`;
  }

  /** Whether what is visible now is drawn already. */
  isDrawn(ghostAt: number | undefined): boolean {
    if (this.drawn?.key !== this.key(ghostAt)) return false;
    const { visible } = this.drawn;
    return visibleRegions(this.editor, 0).every(({ start, end }) =>
      visible.some((drawn) => drawn.start <= start && end <= drawn.end),
    );
  }

  dispose(): void {
    clearTimeout(this.timer);
    this.latest.dispose();
  }
}
