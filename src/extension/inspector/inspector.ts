/** The Inspector as the rest of the extension knows it: one panel, opened for a text, restored after a reload. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { fail } from '../../protocol/failures';
import type { SourceInfo } from '../../protocol/panelApi';
import { lengthOf, regionOf } from '../editor/editorText';
import { sectionOrigins } from '../conversations/sectionOrigins';
import { rangeOf } from '../editor/tokenPainter';
import type { EngineService } from '../engine/engineService';
import type { KnownFacts } from '../engine/knownFacts';
import { t } from '../l10n';
import type { Notices } from '../notices';
import type { Settings } from '../settings';
import type { Region } from '../tokens/regionTokens';
import { webviewOptions } from '../webviews/page';
import { OtherModelEngine } from './otherModelEngine';
import type { OtherModelOptions } from './otherModelEngine';
import { PanelHost } from './panelHost';
import { readSession } from './savedSession';
import { longestText } from './panelPrompt';
import { PanelSession } from './panelSession';
import type { FollowedLine, Prompt } from './panelSubject';

export const panelType = 'tokenscope.inspector';

export interface InspectorOptions {
  readonly engine: EngineService;
  readonly known: KnownFacts;
  readonly settings: Settings;
  readonly notices: Notices;
  readonly memory: vscode.Memento;
  readonly extension: vscode.Uri;
  /** How an engine for another model is started, to compare with. */
  readonly otherModel: OtherModelOptions;
}

const memoryKey = 'inspector';
const keepMs = 300;

const link = v.object({
  uri: v.string(),
  start: v.pipe(v.number(), v.integer(), v.minValue(0)),
  end: v.pipe(v.number(), v.integer(), v.minValue(0)),
  offset: v.pipe(v.number(), v.integer(), v.minValue(0)),
});

export class Inspector implements vscode.WebviewPanelSerializer {
  readonly #options: InspectorOptions;
  #host: PanelHost | undefined;
  #keepTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: InspectorOptions) {
    this.#options = options;
  }

  get isOpen(): boolean {
    return this.#host !== undefined;
  }

  /** What is shown, if anything ever was. */
  get session(): PanelSession | undefined {
    return this.#host?.session;
  }

  /** Opens the panel beside the editor and shows a part of its document. */
  async inspectSelection(editor: vscode.TextEditor | undefined): Promise<void> {
    const selection = editor?.selections.find(({ isEmpty }) => !isEmpty);
    if (editor === undefined || selection === undefined) throw fail('text-empty', {});
    const { document } = editor;
    const region = regionOf(document, selection);
    const characters = region.end - region.start;
    if (characters > longestText) throw fail('text-too-large', { characters, limit: longestText });
    await this.show(promptOf(document, region));
  }

  /** Follows a link of a hover card: the same text, looked at where the link points. */
  async openAt(given: unknown): Promise<void> {
    const { uri, start, end, offset } = v.parse(link, given);
    const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri));
    // Around the token, when the text is longer than the panel takes.
    const around = Math.floor(longestText / 2);
    const from = end - start <= longestText ? start : Math.max(start, offset - around);
    const to = Math.min(end, from + longestText, lengthOf(document));
    const prompt = promptOf(document, { start: from, end: to });
    await this.show({ ...prompt, lookAt: offset - from });
  }

  /** Opens the panel and shows a text. */
  async show(prompt: Prompt): Promise<void> {
    await this.#reveal();
    await this.#host?.session.inspect(prompt);
  }

  /** Copies a link that leads back to what is shown. Throws `text-empty` or `link-too-long`. */
  async copyLink(): Promise<void> {
    if (this.#host === undefined) throw fail('text-empty', {});
    await this.#host.copyLink();
  }

  /** Shows a line that is generated in the editor, if the panel is open. */
  async follow(prompt: Prompt, line: FollowedLine): Promise<void> {
    await this.#host?.session.follow(prompt, line);
  }

  /** Shows a line of generation at the very step that the line's cursor stands before, in the view of the prediction. */
  async explain(prompt: Prompt, line: FollowedLine): Promise<void> {
    await this.#reveal();
    const session = this.#host?.session;
    await session?.follow(prompt, line);
    session?.moved({ ...session.state.place, step: 'predict', token: -1 });
  }

  /** VS Code hands back the panel that was open when the window was reloaded. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = webviewOptions(this.#options.extension);
    const host = this.#adopt(panel);
    const saved = readSession(this.#options.memory.get<unknown>(memoryKey));
    await host.load();
    if (saved === undefined) return;
    // A folder is read again only where the person trusts the workspace that remembers it.
    const { compare } = saved;
    const isFolder = compare?.kind === 'model' && compare.location.kind === 'folder';
    const mayRead = !isFolder || vscode.workspace.isTrusted;
    await host.session.restore(mayRead ? saved : { ...saved, compare: undefined });
  }

  async reloadPage(): Promise<void> {
    await this.#host?.load();
  }

  dispose(): void {
    clearTimeout(this.#keepTimer);
    this.#host?.panel.dispose();
  }

  async #reveal(): Promise<void> {
    if (this.#host === undefined) {
      const panel = vscode.window.createWebviewPanel(
        panelType,
        t('panel.title'),
        { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
        webviewOptions(this.#options.extension),
      );
      await this.#adopt(panel).load();
    } else {
      this.#host.panel.reveal(undefined, true);
    }
  }

  #adopt(panel: vscode.WebviewPanel): PanelHost {
    clearTimeout(this.#keepTimer);
    this.#keepTimer = undefined;
    const { engine, known, settings, notices, extension } = this.#options;
    this.#host?.panel.dispose();
    const other = new OtherModelEngine(this.#options.otherModel);
    const session = new PanelSession({
      engine,
      otherEngine: other,
      vocabulary: () => known.vocabulary(),
      sampling: settings.sampling(),
      stop: settings.stop(),
    });
    const host = new PanelHost({
      panel,
      session,
      engine,
      other,
      notices,
      extension,
      onClosed: () => {
        if (this.#host === host) this.#host = undefined;
      },
    });
    session.onState(() => {
      this.#keep(session);
    });
    this.#host = host;
    return host;
  }

  /** Remembers what is shown, for a reload of the window; not with every step of the way, but also while it goes on. */
  #keep(session: PanelSession): void {
    this.#keepTimer ??= setTimeout(() => {
      this.#keepTimer = undefined;
      void this.#options.memory.update(memoryKey, session.saved());
    }, keepMs);
  }
}

/** A part of a document as a prompt; in a conversation it is told whose words it holds. */
export function promptOf(document: vscode.TextDocument, region: Region): Prompt {
  const range = rangeOf(document, region.start, region.end);
  const source: SourceInfo = {
    file: fileName(document.uri),
    line: range.start.line,
    uri: document.uri.toString(),
    start: region.start,
    end: region.end,
  };
  const isConversation = document.languageId === 'markdown';
  const origins = isConversation ? sectionOrigins(document.getText(), region) : undefined;
  return { text: document.getText(range), source, ...(origins && { origins }) };
}

/** The last part of a document's path. */
export function fileName(uri: vscode.Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}
