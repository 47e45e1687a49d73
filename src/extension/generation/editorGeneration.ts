/** The commands of stepping: one session at a time, begun at a caret or a selection. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { fail } from '../../protocol/failures';
import { answerRegion } from '../conversations/conversations';
import type { Conversations } from '../conversations/conversations';
import { regionOf } from '../editor/editorText';
import { t } from '../l10n';
import { mostRows, pickToken } from './candidatePicker';
import { GenerationSession } from './generationSession';
import { longestContext } from './sessionContext';
import type { SessionOptions } from './sessionContext';
import { SessionText } from './sessionText';
import type { Settings } from '../settings';
import type { StepSettings } from './piece';
import { trailCard } from './trailCard';

export interface GenerationOptions extends Omit<
  SessionOptions,
  'stepSettings' | 'compose' | 'onChange' | 'onEnd'
> {
  readonly settings: Settings;
  readonly conversations: Conversations;
}

const count = v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000));
const place = v.object({ uri: v.string(), offset: v.pipe(v.number(), v.integer(), v.minValue(0)) });
const usualCount = 10;

export class EditorGeneration implements vscode.HoverProvider {
  readonly #options: GenerationOptions;
  readonly #changed = new vscode.EventEmitter<void>();
  readonly #owned: vscode.Disposable;
  #session: GenerationSession | undefined;
  #count = usualCount;
  /** What a record was made with, until the person says otherwise; and what their own settings were then. */
  #recorded: { readonly settings: StepSettings; readonly own: string } | undefined;

  /** Another session, or another place in its tree. */
  readonly onChange = this.#changed.event;

  constructor(options: GenerationOptions) {
    this.#options = options;
    this.#owned = vscode.languages.registerHoverProvider('*', this);
  }

  get session(): GenerationSession | undefined {
    return this.#session;
  }

  /** Begins at the selection's end or at the caret; where a piece is offered already, takes it. */
  async step(editor: vscode.TextEditor | undefined): Promise<void> {
    if (editor !== undefined && this.#session?.isOffering(editor) === true) return this.accept();
    await this.start(editor);
  }

  /** With the settings of a record, if there are any, until the person changes their own. */
  async start(editor: vscode.TextEditor | undefined, recorded?: StepSettings): Promise<void> {
    if (editor === undefined) throw fail('text-empty', {});
    const answer = await answerRegion(editor);
    const { start, end } = answer ?? contextOf(editor);
    if (start === end) throw fail('text-empty', {});
    this.stop();
    this.#recorded = recorded && { settings: recorded, own: JSON.stringify(this.#own()) };
    const { document } = editor;
    const range = new vscode.Range(document.positionAt(start), document.positionAt(end));
    const text = new SessionText(start, document.getText(range));
    const session = new GenerationSession(document, text, {
      ...this.#options,
      stepSettings: () => this.settings(),
      compose:
        answer === undefined
          ? undefined
          : (given, signal) => this.#options.conversations.compose(given, signal),
      onChange: () => {
        this.#changed.fire();
      },
      onEnd: () => {
        if (this.#session === session) {
          this.#session = undefined;
          this.#recorded = undefined;
        }
        this.#changed.fire();
      },
    });
    this.#session = session;
    await session.begin(editor);
  }

  /** What the next token is made with: a record's settings in its session, else the person's own. */
  settings(): StepSettings {
    const own = this.#own();
    if (this.#recorded?.own !== JSON.stringify(own)) this.#recorded = undefined;
    return this.#recorded?.settings ?? own;
  }

  /** The person has set what they want, though it may be what their settings were already. */
  useOwnSettings(): void {
    if (this.#recorded === undefined) return;
    this.#recorded = undefined;
    this.#session?.refresh();
  }

  async accept(): Promise<void> {
    await this.#session?.accept();
  }

  async turn(by: 1 | -1): Promise<void> {
    await this.#session?.turn(by);
  }

  /** Writes the candidate of a rank; asks for one when none is given. */
  async acceptCandidate(given: unknown): Promise<void> {
    const rank = v.safeParse(count, given);
    if (!rank.success) return this.choose();
    const session = this.#session;
    if (session === undefined) return;
    const { ids } = await session.candidates(rank.output);
    const id = ids[rank.output - 1];
    if (id === undefined) return;
    await session.choose(id);
  }

  /** Shows all that could come next and writes what is chosen. */
  async choose(): Promise<void> {
    const session = this.#session;
    if (session === undefined) return;
    await session.pause();
    const { engine, known } = this.#options;
    const distribution = await session.candidates(mostRows);
    const { segment } = session.text;
    const before = session.cursor;
    const ids = [...(segment.tree?.prompt ?? []), ...(before?.tokens ?? []).map(({ id }) => id)];
    const vocabulary = await known.vocabulary();
    const request = { engine: engine.client, vocabulary, distribution, ids: Int32Array.from(ids) };
    const id = await pickToken(request);
    // The text may have gone on while the list was open; the choice was not for that place.
    if (id === undefined || session !== this.#session || session.cursor !== before) return;
    await session.choose(id);
  }

  async back(): Promise<void> {
    await this.#session?.back();
  }

  /** Generates a number of tokens; asks for it when none is given. */
  async run(given: unknown): Promise<void> {
    const parsed = v.safeParse(count, given);
    const pieces = parsed.success ? parsed.output : await this.#askCount();
    if (pieces === undefined) return;
    this.#count = pieces;
    await this.#session?.run(pieces);
  }

  async runUntilStop(): Promise<void> {
    await this.#session?.run(Infinity);
  }

  async pause(): Promise<void> {
    await this.#session?.pause();
  }

  stop(): void {
    this.#session?.end();
  }

  async discard(): Promise<void> {
    await this.#session?.discard();
  }

  /** Opens the Inspector at the step that generated a token: the one a link names, or the one before the caret. */
  async explain(given: unknown, editor: vscode.TextEditor | undefined): Promise<void> {
    const session = this.#session;
    const link = v.safeParse(place, given);
    if (session === undefined) throw fail('nothing-generated', {});
    const offset = link.success
      ? link.output.offset
      : (editor?.document.offsetAt(editor.selection.active) ?? 0) - 1;
    const mark = session.trail.at(offset);
    if (mark === undefined) throw fail('nothing-generated', {});
    const { node, segment } = mark;
    const line = {
      tokens: node.tokens,
      cursor: node.parent?.tokenCount ?? 0,
      ...(node.settings ?? session.settings()),
    };
    await this.#options.inspector.explain(session.context.prompt(segment), line);
  }

  async provideHover(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): Promise<vscode.Hover | undefined> {
    const session = this.#session;
    if (session?.document !== document) return undefined;
    const mark = session.trail.at(document.offsetAt(position));
    if (mark === undefined) return undefined;
    const card = trailCard(mark.node, await this.#options.known.vocabulary());
    const link = { uri: document.uri.toString(), offset: mark.start };
    const query = encodeURIComponent(JSON.stringify([link]));
    const text = `${card}\n\n---\n\n[${t('stepping.explain')}](command:tokenscope.explainToken?${query})`;
    const markdown = new vscode.MarkdownString(text);
    markdown.isTrusted = { enabledCommands: ['tokenscope.explainToken'] };
    const range = new vscode.Range(document.positionAt(mark.start), document.positionAt(mark.end));
    return new vscode.Hover(markdown, range);
  }

  dispose(): void {
    this.stop();
    this.#owned.dispose();
    this.#changed.dispose();
  }

  #own(): StepSettings {
    const { settings } = this.#options;
    return { sampling: settings.sampling(), stop: settings.stop() };
  }

  async #askCount(): Promise<number | undefined> {
    const typed = await vscode.window.showInputBox({
      title: t('stepping.howMany'),
      value: String(this.#count),
      validateInput: (text) =>
        v.safeParse(count, Number(text)).success ? undefined : t('stepping.howManyRange'),
    });
    return typed === undefined ? undefined : Number(typed);
  }
}

/** The selection, or what stands before the caret, as much of it as is read. */
function contextOf(editor: vscode.TextEditor): { readonly start: number; readonly end: number } {
  const { document, selection } = editor;
  if (!selection.isEmpty) {
    const { start, end } = regionOf(document, selection);
    return { start: Math.max(start, end - longestContext), end };
  }
  const end = document.offsetAt(selection.active);
  return { start: Math.max(0, end - longestContext), end };
}
