/**
 * What the Inspector shows, kept on the host's side: the prompt, its tokens, the run, the line generated after it, and
 * the place where the person looks. Text → tokens → run → snapshot; newer work cancels older; every end is a condition.
 */
import type { EngineClient, GeneratedToken, PassEdits } from '../../protocol/engineApi';
import { fail, failureOf } from '../../protocol/failures';
import type { Condition, PanelState, Place } from '../../protocol/panelApi';
import { isEdited, noEdits } from '../../protocol/runEdits';
import type { RunEdits } from '../../protocol/runEdits';
import type { SamplingSettings, StopSettings } from '../../protocol/sampling';
import type { TokenTable } from '../../protocol/tokens';
import { Emitter } from '../emitter';
import type { Listen } from '../emitter';
import type { EngineService } from '../engine/engineService';
import { Latest } from '../latest';
import { modelKey } from '../models/modelKey';
import { appendGenerated } from '../tokens/generatedTable';
import { headOf, rowAtOffset } from '../tokens/tables';
import type { Vocabulary } from '../tokens/vocabulary';
import { emptyState, lineOf, noGeneration, passEdits } from './panelSubject';
import type { FollowedLine, Prompt, SavedSession } from './panelSubject';

export interface PanelSessionOptions {
  readonly engine: Pick<EngineService, 'health' | 'model' | 'onHealth' | 'onModel'> & {
    readonly client: Pick<EngineClient, 'tokenize' | 'run' | 'step'>;
  };
  readonly vocabulary: () => Promise<Vocabulary>;
  readonly sampling: SamplingSettings;
  readonly stop: StopSettings;
}

/** The longest text the panel takes. A model sees no more than its context of it anyway. */
export const longestText = 100_000;
/** A run up to this long is repeated after each generated token; a longer one after the last. */
const quickRunMs = 80;

export class PanelSession {
  readonly #options: PanelSessionOptions;
  readonly #news = new Emitter<PanelState>();
  readonly #work = new Latest();
  readonly #owned: { dispose(): void }[];
  #state: PanelState;
  #promptText = '';
  #promptTable: TokenTable | undefined;
  #lookAt: number | undefined;
  /** The edits of the next run; the snapshot has those of the run that it shows. */
  #edits: RunEdits = noEdits;
  /** The model that generated the tokens, and the one that was open last. */
  #tokensModel: string | undefined;
  #lastModel: string | undefined;
  /** Whether a pipeline is under way. */
  #isWorking = false;

  readonly onState: Listen<PanelState> = this.#news.event;

  constructor(options: PanelSessionOptions) {
    this.#options = options;
    const { engine } = options;
    const { sampling, stop } = options;
    this.#state = emptyState({ health: engine.health, model: engine.model, sampling, stop });
    this.#lastModel = modelKey(engine.model);
    this.#owned = [
      engine.onHealth((health) => {
        this.#set({ health });
      }),
      engine.onModel(() => {
        this.#modelChanged();
      }),
    ];
  }

  get state(): PanelState {
    return this.#state;
  }

  /** Shows another text from its beginning. */
  async inspect(prompt: Prompt): Promise<void> {
    this.#promptText = prompt.text;
    this.#promptTable = undefined;
    this.#edits = prompt.edits ?? noEdits;
    this.#lookAt = prompt.lookAt;
    const before = this.#state.place;
    const token = prompt.lookAt === undefined ? -1 : before.token;
    const place = { ...before, token, cell: undefined, ...prompt.place };
    this.#set({
      source: prompt.source,
      text: prompt.text,
      tokens: undefined,
      run: undefined,
      generation: noGeneration(),
      place,
    });
    await this.#show([], 0);
  }

  /** Takes over a line that is generated elsewhere, with the settings that its tokens were made with. */
  async follow(prompt: Prompt, line: FollowedLine): Promise<void> {
    const { tokens, cursor, sampling, stop } = line;
    if (prompt.text !== this.#promptText || prompt.source?.uri !== this.#state.source?.uri) {
      this.#promptText = prompt.text;
      this.#promptTable = undefined;
      this.#edits = noEdits;
    }
    this.#lookAt = undefined;
    const place = { ...this.#state.place, token: -1, cell: undefined };
    this.#set({ source: prompt.source, place, sampling, stop });
    await this.#show(tokens, cursor);
  }

  async restore(saved: SavedSession): Promise<void> {
    const { text, source, sampling, stop, place } = saved;
    this.#promptText = text;
    this.#tokensModel = saved.model;
    this.#edits = saved.edits;
    this.#set({ text, source, sampling, stop, place });
    await this.#show(saved.tokens, saved.cursor);
  }

  saved(): SavedSession {
    const { source, generation, sampling, stop, place, edits } = this.#state;
    const { tokens, cursor } = generation;
    const model = this.#tokensModel;
    const settings = { sampling, stop, edits };
    return { text: this.#promptText, source, tokens, cursor, ...settings, place, model };
  }

  /** Generates after the cursor, one token at a time; what stood after the cursor is dropped. */
  async generate(count: number): Promise<void> {
    const { generation } = this.#state;
    let tokens = generation.tokens.slice(0, generation.cursor);
    if (tokens.at(-1)?.stopped !== undefined) return;
    await this.#pipeline(async (signal) => {
      this.#setGeneration({ running: true });
      for (let made = 1; made <= count; made++) {
        const token = await this.#step(tokens, signal);
        tokens = [...tokens, token];
        const isLast = made === count || token.stopped !== undefined;
        const isQuick = (this.#state.run?.ms ?? 0) < quickRunMs;
        if (isLast || isQuick) await this.#run(tokens, tokens.length, signal);
        else this.#setGeneration({ tokens });
        if (isLast) break;
      }
    });
  }

  async goTo(generated: number): Promise<void> {
    const { tokens } = this.#state.generation;
    await this.#show(tokens, Math.max(0, Math.min(tokens.length, generated)));
  }

  /** Other settings for the tokens to come: those after the cursor were made with the old ones and go. */
  setSampling(sampling: SamplingSettings, stop: StopSettings): void {
    this.cancel();
    const { generation } = this.#state;
    const tokens = generation.tokens.slice(0, generation.cursor);
    this.#set({ sampling, stop, generation: { ...generation, ...lineOf(tokens) } });
  }

  /** Runs the same text with other edits. They stay as they were when that does not come to an end. */
  async edit(edits: RunEdits): Promise<void> {
    const before = this.#edits;
    this.#edits = edits;
    await this.retry();
    if (this.#edits === edits && this.#state.edits !== edits) this.#edits = before;
  }

  moved(place: Place): void {
    this.#set({ place });
  }

  async retry(): Promise<void> {
    const { tokens, cursor } = this.#state.generation;
    await this.#show(tokens, cursor);
  }

  cancel(): void {
    this.#work.cancel();
  }

  dispose(): void {
    this.#work.dispose();
    for (const owned of this.#owned) owned.dispose();
    this.#news.dispose();
  }

  async #show(tokens: readonly GeneratedToken[], cursor: number): Promise<void> {
    await this.#pipeline((signal) => this.#run(tokens, cursor, signal));
  }

  /** Runs work whose end is a condition of the panel, whatever the end is. */
  async #pipeline(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const signal = this.#work.begin();
    const before = this.#state.condition;
    this.#isWorking = true;
    this.#set({ condition: { kind: 'running', tokens: this.#state.tokens?.ids.length } });
    let condition: Condition = { kind: 'ready' };
    try {
      await work(signal);
    } catch (error) {
      const failure = failureOf(error);
      const wasReady = before.kind === 'ready' && this.#state.run !== undefined;
      condition = failure.code === 'cancelled' && wasReady ? before : { kind: 'failed', failure };
    }
    // When it was newer work that cancelled this, the condition is the newer work's to set.
    if (this.#work.isSuperseded(signal)) return;
    this.#isWorking = false;
    this.#set({ condition, generation: { ...this.#state.generation, running: false } });
  }

  /** Prompt and the first `cursor` tokens through the model, as one snapshot. */
  async #run(
    tokens: readonly GeneratedToken[],
    cursor: number,
    signal: AbortSignal,
  ): Promise<void> {
    const prompt = await this.#tokenizedPrompt(signal);
    const vocabulary = await this.#options.vocabulary();
    const shown = this.#fromThisModel(tokens);
    const generated = shown.slice(0, cursor).map(({ id }) => id);
    const { text, table } = appendGenerated(
      { text: this.#promptText, table: prompt },
      generated,
      vocabulary,
    );
    const edits = this.#edits;
    const { client } = this.#options.engine;
    const run = await client.run(
      { ids: table.ids, ...this.#passEdits(table.ids.length) },
      { signal },
    );
    const unedited = isEdited(edits) ? await client.run({ ids: table.ids }, { signal }) : undefined;
    if (signal.aborted) throw fail('cancelled', {});
    const generation = {
      promptLength: prompt.ids.length,
      ...lineOf(shown),
      cursor: generated.length,
      running: this.#state.generation.running,
    };
    const runs = { run, edits, unedited };
    this.#set({ text, tokens: table, ...runs, generation, place: this.#placeIn(table) });
  }

  async #tokenizedPrompt(signal: AbortSignal): Promise<TokenTable> {
    const text = this.#promptText;
    if (text === '') throw fail('text-empty', {});
    if (text.length > longestText) {
      throw fail('text-too-large', { characters: text.length, limit: longestText });
    }
    const table =
      this.#promptTable ?? (await this.#options.engine.client.tokenize({ text }, { signal }));
    this.#promptTable = this.#cutAfterLook(table);
    return this.#promptTable;
  }

  /**
   * A model sees the last tokens of its input. When the token to be looked at is further back, the text is cut some way
   * after it, so that it is among those.
   */
  #cutAfterLook(table: TokenTable): TokenTable {
    const context = this.#options.engine.model?.config.context ?? Infinity;
    if (this.#lookAt === undefined || table.ids.length <= context) return table;
    const row = rowAtOffset(table, this.#lookAt);
    const kept = Math.min(table.ids.length, row + Math.ceil(context / 4));
    const { source } = this.#state;
    const end = table.ends[kept - 1] ?? 0;
    this.#promptText = this.#promptText.slice(0, end);
    if (source !== undefined) this.#set({ source: { ...source, end: source.start + end } });
    return headOf(table, kept);
  }

  #step(tokens: readonly GeneratedToken[], signal: AbortSignal): Promise<GeneratedToken> {
    const { sampling, stop } = this.#state;
    const prompt = this.#promptTable?.ids ?? new Int32Array(0);
    const ids = Int32Array.of(...prompt, ...tokens.map(({ id }) => id));
    const request = {
      ids,
      promptLength: prompt.length,
      sampling,
      stop,
      ...this.#passEdits(ids.length),
    };
    return this.#options.engine.client.step(request, { signal });
  }

  #passEdits(tokens: number): PassEdits {
    return passEdits(this.#edits, tokens, this.#options.engine.model?.config);
  }

  /** Another model has other ids: what the old one generated cannot stand after its tokens. */
  #fromThisModel(tokens: readonly GeneratedToken[]): readonly GeneratedToken[] {
    const key = modelKey(this.#options.engine.model);
    const isSame = this.#tokensModel === undefined || this.#tokensModel === key;
    this.#tokensModel = key;
    return isSame ? tokens : [];
  }

  #modelChanged(): void {
    const { model } = this.#options.engine;
    const key = modelKey(model);
    const isOther = key !== undefined && this.#lastModel !== undefined && key !== this.#lastModel;
    this.#lastModel = key ?? this.#lastModel;
    if (isOther) {
      this.#promptTable = undefined;
      this.#edits = noEdits;
    }
    this.#set({ model });
    // Work under way copes with a restarted engine by itself, but not with other ids.
    const mustRepeat = isOther || !this.#isWorking;
    if (!mustRepeat || this.#state.condition.kind === 'empty') return;
    this.#set({ run: undefined });
    void this.retry();
  }

  #placeIn(table: TokenTable): Place {
    const { place } = this.#state;
    if (this.#lookAt === undefined) return place;
    const offset = this.#lookAt;
    this.#lookAt = undefined;
    return { ...place, token: rowAtOffset(table, offset) };
  }

  #setGeneration(patch: Partial<PanelState['generation']>): void {
    this.#set({ generation: { ...this.#state.generation, ...patch } });
  }

  #set(patch: Partial<PanelState>): void {
    this.#state = { ...this.#state, ...patch };
    this.#news.fire(this.#state);
  }
}
