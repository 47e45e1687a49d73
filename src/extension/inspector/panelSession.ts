/**
 * What the Inspector shows, kept on the host's side: the prompt, its tokens, the run, the line generated after it, and
 * the place where the person looks. Text → tokens → run → snapshot; newer work cancels older; every end is a condition.
 */
import type { ComparedWith } from '../../protocol/comparison';
import type { EngineClient } from '../../protocol/engineApi';
import { failureOf } from '../../protocol/failures';
import type { Condition, MoveNumber, PanelState, Place } from '../../protocol/panelApi';
import { noEdits } from '../../protocol/runEdits';
import type { RunEdits } from '../../protocol/runEdits';
import type { SamplingSettings, StopSettings } from '../../protocol/sampling';
import type { Listen } from '../emitter';
import type { EngineService } from '../engine/engineService';
import { Latest } from '../latest';
import { modelKey } from '../models/modelKey';
import { headOf } from '../tokens/tables';
import type { Vocabulary } from '../tokens/vocabulary';
import { Comparing } from './comparing';
import type { OtherEngine } from './comparing';
import { PanelBranches } from './panelBranches';
import { PanelPass } from './panelPass';
import { PanelPrompt } from './panelPrompt';
import { PanelSnapshot } from './panelSnapshot';
import { emptyState, lineOf, noGeneration } from './panelSubject';
import type { FollowedLine, Prompt, SavedSession, ShownLine } from './panelSubject';

export interface PanelSessionOptions {
  readonly engine: Pick<EngineService, 'health' | 'model' | 'onHealth' | 'onModel'> & {
    readonly client: Pick<EngineClient, 'tokenize' | 'run' | 'step'>;
  };
  readonly vocabulary: () => Promise<Vocabulary>;
  readonly sampling: SamplingSettings;
  readonly stop: StopSettings;
  /** For comparing with another model, where that is possible. */
  readonly otherEngine?: OtherEngine;
}

/** A run up to this long is repeated after each generated token; a longer one after the last. */
const quickRunMs = 80;

export class PanelSession {
  readonly #options: PanelSessionOptions;
  readonly #work = new Latest();
  readonly #owned: { dispose(): void }[];
  readonly #snapshot: PanelSnapshot;
  readonly #prompt: PanelPrompt;
  readonly #pass: PanelPass;
  readonly #comparing: Comparing;
  readonly branches: PanelBranches;
  /** The model that was open last. */
  #lastModel: string | undefined;
  /** Whether a pipeline is under way. */
  #isWorking = false;
  /** The line that will be shown when that is done. */
  #coming: ShownLine | undefined;

  readonly onState: Listen<PanelState>;

  constructor(options: PanelSessionOptions) {
    this.#options = options;
    const { engine, sampling, stop, vocabulary } = options;
    const { health, model } = engine;
    const snapshot = new PanelSnapshot(emptyState({ health, model, sampling, stop }));
    this.#snapshot = snapshot;
    this.onState = snapshot.onState;
    this.#lastModel = modelKey(model);
    this.#prompt = new PanelPrompt(engine, (end) => {
      const { source } = snapshot.state;
      if (source !== undefined) snapshot.set({ source: { ...source, end: source.start + end } });
    });
    this.#pass = new PanelPass({ engine, vocabulary, prompt: this.#prompt, snapshot });
    this.branches = new PanelBranches(snapshot);
    this.#comparing = new Comparing({
      client: engine.client,
      other: options.otherEngine,
      vocabulary,
      onChange: (comparison) => {
        snapshot.set({ comparison });
      },
    });
    this.#owned = [
      engine.onHealth((news) => {
        snapshot.set({ health: news });
      }),
      engine.onModel(() => {
        this.#modelChanged();
      }),
    ];
  }

  get state(): PanelState {
    return this.#snapshot.state;
  }

  /** Shows another text from its beginning. */
  async inspect(prompt: Prompt): Promise<void> {
    this.#prompt.replace(prompt.text, prompt.lookAt);
    this.#pass.edits = prompt.edits ?? noEdits;
    this.#comparing.set(prompt.compare);
    const before = this.state.place;
    const token = prompt.lookAt === undefined ? -1 : before.token;
    const place = { ...before, token, cell: undefined, ...prompt.place };
    this.#snapshot.set({
      source: prompt.source,
      text: prompt.text,
      origins: prompt.origins,
      tokens: undefined,
      run: undefined,
      generation: noGeneration(),
      place,
      ...(prompt.sampling && { sampling: prompt.sampling }),
    });
    await this.#show({ tokens: [], cursor: 0 });
  }

  /** Takes over a line that is generated elsewhere, with the settings that its tokens were made with. */
  async follow(prompt: Prompt, line: FollowedLine): Promise<void> {
    const { sampling, stop } = line;
    if (prompt.text !== this.#prompt.text || prompt.source?.uri !== this.state.source?.uri) {
      this.#prompt.replace(prompt.text, undefined);
      this.#pass.edits = noEdits;
      this.#snapshot.setGeneration({ branches: [] });
      this.#comparing.set(undefined);
    }
    this.#prompt.forgetLook();
    const place = { ...this.state.place, token: -1, cell: undefined };
    const { source, origins } = prompt;
    this.#snapshot.set({ source, origins, place, sampling, stop });
    await this.#show(line);
  }

  async restore(saved: SavedSession): Promise<void> {
    const { text, source, origins, sampling, stop, place, branches } = saved;
    this.#prompt.replace(text, undefined);
    this.#pass.tokensModel = saved.model;
    this.#pass.edits = saved.edits;
    this.#snapshot.set({ text, source, origins, sampling, stop, place });
    this.#snapshot.setGeneration({ branches });
    this.#comparing.set(saved.compare);
    await this.#show(saved);
  }

  saved(): SavedSession {
    const { source, origins, generation, sampling, stop, place, edits } = this.state;
    const { tokens, cursor, branches } = generation;
    const line = { tokens, cursor, branches, model: this.#pass.tokensModel };
    const settings = { sampling, stop, edits, compare: this.#comparing.with };
    return { text: this.#prompt.text, source, origins, ...line, ...settings, place };
  }

  /** Generates after the cursor, one token at a time; what stood after the cursor becomes a branch. */
  async generate(count: number): Promise<void> {
    const { generation } = this.state;
    let tokens = generation.tokens.slice(0, generation.cursor);
    if (tokens.at(-1)?.stopped !== undefined) return;
    await this.#pipeline(async (signal) => {
      this.#snapshot.setGeneration({ running: true, branches: this.branches.left() });
      for (let made = 1; made <= count; made++) {
        const token = await this.#pass.step(tokens, signal);
        tokens = [...tokens, token];
        const isLast = made === count || token.stopped !== undefined;
        const isQuick = (this.state.run?.ms ?? 0) < quickRunMs;
        if (isLast || isQuick) await this.#pass.run(tokens, tokens.length, signal);
        else this.#snapshot.setGeneration({ tokens });
        if (isLast) break;
      }
    });
  }

  async goTo(generated: number): Promise<void> {
    const { tokens } = this.state.generation;
    await this.#show({ tokens, cursor: Math.max(0, Math.min(tokens.length, generated)) });
  }

  /** One token back or on, counted from where the cursor is on its way to. */
  async goBy(by: 1 | -1): Promise<void> {
    const { tokens, cursor } = this.#coming ?? this.state.generation;
    const to = cursor + by;
    if (to >= 0 && to <= tokens.length) await this.#show({ tokens, cursor: to });
  }

  /** Shows a branch to its end; the line that was on show is kept in its place. */
  async openBranch(id: number): Promise<void> {
    const branch = this.branches.find(id);
    if (branch === undefined) return;
    const left = this.branches.leave();
    const what = this.#comparing.with;
    // Who opens the line that is compared with compares the other way round.
    if (what?.kind === 'branch' && what.branch === id)
      this.#comparing.set(left && { kind: 'branch', branch: left.id });
    await this.#show({ tokens: branch.tokens, cursor: branch.tokens.length });
  }

  dropBranch(id: number): void {
    this.branches.drop(id);
    const what = this.#comparing.with;
    if (what?.kind === 'branch' && what.branch === id) this.#comparing.set(undefined);
  }

  /** Other settings for the tokens to come: those after the cursor were made with the old ones and become a branch. */
  setSampling(sampling: SamplingSettings, stop: StopSettings): void {
    this.cancel();
    const { generation } = this.state;
    const line = lineOf(generation.tokens.slice(0, generation.cursor));
    const branches = this.branches.left();
    this.#snapshot.set({ sampling, stop, generation: { ...generation, ...line, branches } });
    void this.#compare();
  }

  /** Runs the same text with other edits. They stay as they were when that does not come to an end. */
  async edit(edits: RunEdits): Promise<void> {
    const before = this.#pass.edits;
    this.#pass.edits = edits;
    await this.retry();
    if (this.#pass.edits === edits && this.state.edits !== edits) this.#pass.edits = before;
  }

  /** Compares what is on screen with something else, or no longer. */
  async compare(what: ComparedWith | undefined): Promise<void> {
    this.#comparing.set(what);
    await this.#compare();
  }

  /** The page moved, which counts its moves, or without a number the host did. */
  moved(place: Place, heard: MoveNumber = this.state.heard): void {
    this.#snapshot.set({ place, heard });
  }

  async retry(): Promise<void> {
    await this.#show(this.#coming ?? this.state.generation);
  }

  cancel(): void {
    this.#work.cancel();
  }

  dispose(): void {
    this.#work.dispose();
    this.#comparing.dispose();
    for (const owned of this.#owned) owned.dispose();
    this.#snapshot.dispose();
  }

  async #show({ tokens, cursor }: ShownLine): Promise<void> {
    await this.#pipeline((signal) => this.#pass.run(tokens, cursor, signal), { tokens, cursor });
  }

  /** Runs work whose end is a condition of the panel, whatever the end is. */
  async #pipeline(work: (signal: AbortSignal) => Promise<void>, coming?: ShownLine): Promise<void> {
    const signal = this.#work.begin();
    const before = this.state.condition;
    this.#isWorking = true;
    this.#coming = coming;
    this.#snapshot.set({ condition: { kind: 'running', tokens: this.state.tokens?.ids.length } });
    let condition: Condition = { kind: 'ready' };
    try {
      await work(signal);
    } catch (error) {
      const failure = failureOf(error);
      const wasReady = before.kind === 'ready' && this.state.run !== undefined;
      condition = failure.code === 'cancelled' && wasReady ? before : { kind: 'failed', failure };
    }
    // When it was newer work that cancelled this, the condition is the newer work's to set.
    if (this.#work.isSuperseded(signal)) return;
    this.#isWorking = false;
    this.#coming = undefined;
    this.#snapshot.set({ condition, generation: { ...this.state.generation, running: false } });
    if (condition.kind === 'ready') await this.#compare();
  }

  /** Lets side B of a comparison follow what is on screen now. */
  async #compare(): Promise<void> {
    const { text, tokens, run, model, unedited, edits, sampling, generation } = this.state;
    if (!tokens || !run || !model || this.#isWorking) return;
    const { branches, promptLength } = generation;
    const prompt = { text: this.#prompt.text, table: headOf(tokens, promptLength) };
    const subject = { text, tokens, run, model, unedited, edits, sampling };
    await this.#comparing.follow({ ...subject, branches, prompt });
  }

  #modelChanged(): void {
    const { model } = this.#options.engine;
    const key = modelKey(model);
    const isOther = key !== undefined && this.#lastModel !== undefined && key !== this.#lastModel;
    this.#lastModel = key ?? this.#lastModel;
    if (isOther) {
      this.#prompt.forgetTokens();
      this.#pass.edits = noEdits;
    }
    this.#snapshot.set({ model });
    // Work under way copes with a restarted engine by itself, but not with other ids.
    const mustRepeat = isOther || !this.#isWorking;
    if (!mustRepeat || this.state.condition.kind === 'empty') return;
    this.#snapshot.set({ run: undefined });
    void this.retry();
  }
}
