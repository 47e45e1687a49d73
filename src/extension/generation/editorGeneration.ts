/**
 * Generation in the editor, one key press at a time: the next piece stands as ghost text at the end of the prompt, Tab
 * writes it, undo takes exactly it back, Escape ends. Nothing is written without a key of the person's.
 */
import * as vscode from 'vscode';
import { fail, failureOf } from '../../protocol/failures';
import { lengthOf, regionOf } from '../editor/editorText';
import type { InlineTokens } from '../editor/inlineTokens';
import { rangeOf } from '../editor/tokenPainter';
import type { EngineService } from '../engine/engineService';
import type { KnownFacts } from '../engine/knownFacts';
import type { Inspector } from '../inspector/inspector';
import { fileName, promptOf } from '../inspector/inspector';
import type { Prompt } from '../inspector/panelSubject';
import { t } from '../l10n';
import { Latest } from '../latest';
import { modelKey } from '../models/modelKey';
import type { Notices } from '../notices';
import type { Settings } from '../settings';
import type { Region } from '../tokens/regionTokens';
import { GeneratedLine } from './generatedLine';
import type { Piece } from './generatedLine';
import { GenerationStatus } from './generationStatus';

export interface GenerationOptions {
  readonly engine: EngineService;
  readonly known: KnownFacts;
  readonly settings: Settings;
  readonly notices: Notices;
  readonly inspector: Inspector;
  readonly inline: InlineTokens;
}

/** The most text before the caret that is read; contexts are far shorter. */
const longestPrompt = 20_000;

export class EditorGeneration {
  readonly #options: GenerationOptions;
  #session: GenerationSession | undefined;

  constructor(options: GenerationOptions) {
    this.#options = options;
  }

  /** Begins at the selection's end or at the caret; where a piece is offered already, takes it. */
  async step(editor: vscode.TextEditor | undefined): Promise<void> {
    if (editor === undefined) throw fail('text-empty', {});
    if (this.#session?.isOffering(editor) === true) return this.accept();
    this.stop();
    const region = promptRegion(editor);
    if (region.start === region.end) throw fail('text-empty', {});
    const session = new GenerationSession(editor, region, {
      ...this.#options,
      onEnd: () => {
        if (this.#session === session) this.#session = undefined;
      },
    });
    this.#session = session;
    await session.begin();
  }

  async accept(): Promise<void> {
    await this.#session?.accept();
  }

  stop(): void {
    this.#session?.end();
  }

  dispose(): void {
    this.stop();
  }
}

interface SessionOptions extends GenerationOptions {
  readonly onEnd: () => void;
}

class GenerationSession implements vscode.InlineCompletionItemProvider {
  readonly #options: SessionOptions;
  readonly #editor: vscode.TextEditor;
  readonly #region: Region;
  readonly #baseLength: number;
  readonly #eol: string;
  readonly #latest = new Latest();
  readonly #status = new GenerationStatus();
  readonly #owned: { dispose(): void }[];
  #prompt: Prompt | undefined;
  #line: GeneratedLine | undefined;
  /** The model that the line is made with. */
  #model: string | undefined;
  #offered: Piece | undefined;
  /** Settles when the piece that is being made is offered. */
  #offering: Promise<void> = Promise.resolve();
  #hasEnded = false;

  constructor(editor: vscode.TextEditor, region: Region, options: SessionOptions) {
    const { document } = editor;
    this.#options = options;
    this.#editor = editor;
    this.#region = region;
    this.#baseLength = lengthOf(document);
    this.#eol = document.eol === vscode.EndOfLine.CRLF ? '\r\n' : '\n';
    this.#owned = [
      this.#status,
      this.#latest,
      vscode.languages.registerInlineCompletionItemProvider('*', this),
      vscode.workspace.onDidChangeTextDocument((change) => {
        if (change.document === document && change.contentChanges.length > 0) this.#edited();
      }),
      vscode.workspace.onDidCloseTextDocument((closed) => {
        if (closed === document) this.end();
      }),
      vscode.window.onDidChangeTextEditorSelection(() => void this.#tellContext()),
      vscode.window.onDidChangeActiveTextEditor(() => void this.#tellContext()),
      options.engine.onModel((model) => {
        // Another model's ids would mean other words; a restarted engine has the same model and goes on.
        if (model === undefined || this.#model === undefined) return;
        if (modelKey(model) !== this.#model) this.end(t('generation.modelChanged'));
      }),
    ];
  }

  async begin(): Promise<void> {
    const { known, engine, settings } = this.#options;
    const { document } = this.#editor;
    const caret = document.positionAt(this.#region.end);
    this.#editor.selection = new vscode.Selection(caret, caret);
    this.#status.show('thinking');
    try {
      const signal = this.#latest.begin();
      const prompt = promptOf(document, this.#region);
      const text = prompt.text;
      const isWhole = this.#region.start === 0 || text.length < longestPrompt;
      const table = isWhole
        ? await engine.client.tokenize({ text }, { signal })
        : await engine.client.tokenizeWindow({ text, atStart: false, atEnd: true }, { signal });
      const skipped = table.starts[0] ?? 0;
      const start = this.#region.start + skipped;
      this.#prompt = promptOf(document, { start, end: this.#region.end });
      this.#line = new GeneratedLine({
        engine: engine.client,
        vocabulary: await known.vocabulary(),
        prompt: table.ids,
        sampling: settings.sampling(),
        stop: settings.stop(),
      });
      this.#model = modelKey(engine.model);
      await this.#offer();
    } catch (error) {
      this.end();
      throw error;
    }
  }

  isOffering(editor: vscode.TextEditor): boolean {
    return !this.#hasEnded && editor === this.#editor && this.#isAtHead();
  }

  /** Writes the offered piece, once it is made, as one edit of its own. */
  async accept(): Promise<void> {
    await this.#offering;
    const piece = this.#offered;
    if (piece === undefined || this.#hasEnded) return;
    this.#offered = undefined;
    const head = this.#head();
    const isWritten = await this.#editor.edit(
      (edit) => {
        edit.insert(head, piece.text);
      },
      { undoStopBefore: true, undoStopAfter: true },
    );
    if (isWritten) return;
    this.end();
    throw fail('edit-refused', { file: fileName(this.#editor.document.uri) });
  }

  end(reason?: string): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    this.#offered = undefined;
    this.#options.inline.makeRoom(undefined);
    for (const owned of this.#owned) owned.dispose();
    void this.#tellContext();
    void vscode.commands.executeCommand('editor.action.inlineSuggest.hide');
    if (reason !== undefined) {
      this.#options.notices.log.info(reason);
      vscode.window.setStatusBarMessage(reason, 10_000);
    }
    this.#options.onEnd();
  }

  provideInlineCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): vscode.InlineCompletionItem[] {
    const piece = this.#offered;
    if (piece === undefined || document !== this.#editor.document) return [];
    if (!position.isEqual(this.#head())) return [];
    return [new vscode.InlineCompletionItem(piece.text, new vscode.Range(position, position))];
  }

  /** Any edit of the document: one of ours, its undo or redo, or something else, which ends the session. */
  #edited(): void {
    if (this.#line === undefined) {
      this.end(t('generation.edited'));
      return;
    }
    const { document } = this.#editor;
    const textAfter = (length: number): string | undefined => {
      if (lengthOf(document) !== this.#baseLength + length || !this.#hasPrompt()) return undefined;
      return document.getText(rangeOf(document, this.#region.end, this.#region.end + length));
    };
    if (!this.#line.locate(textAfter, this.#eol)) {
      this.end(t('generation.edited'));
      return;
    }
    this.#offering = this.#offer().catch((error: unknown) => {
      this.#options.notices.tell(failureOf(error), error);
      if (failureOf(error).code !== 'cancelled') this.end();
    });
  }

  #hasPrompt(): boolean {
    const { source, text } = this.#prompt ?? {};
    if (source === undefined) return false;
    const { document } = this.#editor;
    return document.getText(rangeOf(document, source.start, source.end)) === text;
  }

  /** Makes the piece after what stands in the text, and shows it. */
  async #offer(): Promise<void> {
    const line = this.#line;
    if (line === undefined) return;
    this.#offered = undefined;
    const signal = this.#latest.begin();
    this.#status.show('thinking');
    void this.#follow(line);
    const piece = await line.next(signal);
    if (signal.aborted || this.#hasEnded) return;
    if (piece === undefined || (piece.text === '' && piece.stopped !== undefined)) {
      const reason = piece?.stopped ?? line.tokens.at(-1)?.stopped ?? 'length';
      this.end(t(`generation.${reason}`, { tokens: line.acceptedTokens }));
      return;
    }
    this.#offered = piece;
    const { document } = this.#editor;
    this.#options.inline.makeRoom({ document, offset: document.offsetAt(this.#head()) });
    this.#status.show({ piece, vocabulary: await this.#options.known.vocabulary() });
    await this.#tellContext();
    await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
  }

  async #follow(line: GeneratedLine): Promise<void> {
    if (this.#prompt === undefined) return;
    const { tokens, acceptedTokens: cursor, settings } = line;
    await this.#options.inspector.follow(this.#prompt, { tokens, cursor, ...settings });
  }

  /** Where the next piece goes. */
  #head(): vscode.Position {
    const { document } = this.#editor;
    return document.positionAt(this.#region.end + lengthOf(document) - this.#baseLength);
  }

  #isAtHead(): boolean {
    return (
      vscode.window.activeTextEditor === this.#editor &&
      this.#editor.selection.isEmpty &&
      this.#editor.selection.active.isEqual(this.#head())
    );
  }

  async #tellContext(): Promise<void> {
    const isLive = !this.#hasEnded;
    const isHere = isLive && this.#isAtHead();
    await vscode.commands.executeCommand('setContext', 'tokenscope.generating', isLive);
    await vscode.commands.executeCommand('setContext', 'tokenscope.tokenOffered', isHere);
  }
}

/** The selection, or what stands before the caret, as much of it as is read. */
function promptRegion(editor: vscode.TextEditor): Region {
  const { document, selection } = editor;
  if (!selection.isEmpty) {
    const { start, end } = regionOf(document, selection);
    return { start: Math.max(start, end - longestPrompt), end };
  }
  const end = document.offsetAt(selection.active);
  return { start: Math.max(0, end - longestPrompt), end };
}
