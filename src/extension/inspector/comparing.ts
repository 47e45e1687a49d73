/**
 * Side B of a comparison: made anew whenever what is on screen, side A, has become something else. Side A goes on
 * whatever becomes of B; that B failed is part of what is told.
 */
import type { EngineClient } from '../../protocol/engineApi';
import type { ComparedWith, Comparison, OtherSide } from '../../protocol/comparison';
import { fail, failureOf } from '../../protocol/failures';
import type { ModelInfo, ModelLocation } from '../../protocol/models';
import type { PanelState } from '../../protocol/panelApi';
import type { TokenTable } from '../../protocol/tokens';
import { Latest } from '../latest';
import { modelKey } from '../models/modelKey';
import { appendGenerated } from '../tokens/generatedTable';
import type { Vocabulary } from '../tokens/vocabulary';
import { checkText } from './panelPrompt';
import { passEdits } from './panelSubject';

/** An engine beside the panel's own, with another model. */
export interface OtherEngine {
  readonly client: Pick<EngineClient, 'tokenize' | 'run'>;
  /** Opens the model there unless it is open. */
  open(location: ModelLocation, signal: AbortSignal): Promise<ModelInfo>;
  close(): void;
}

export interface ComparingOptions {
  readonly client: Pick<EngineClient, 'tokenize' | 'run'>;
  /** Undefined where there can be no second engine. */
  readonly other: OtherEngine | undefined;
  readonly vocabulary: () => Promise<Vocabulary>;
  readonly onChange: (comparison: Comparison | undefined) => void;
}

/** What is on screen, with the prompt that it began with. */
export interface SideA extends OtherSide {
  readonly unedited: PanelState['unedited'];
  readonly branches: PanelState['generation']['branches'];
  readonly prompt: { readonly text: string; readonly table: TokenTable };
}

export class Comparing {
  readonly #options: ComparingOptions;
  readonly #work = new Latest();
  #comparison: Comparison | undefined;
  /** What the other side was made from. */
  #made = '';

  constructor(options: ComparingOptions) {
    this.#options = options;
  }

  get with(): ComparedWith | undefined {
    return this.#comparison?.with;
  }

  /** Compares with something else, or with nothing. Side B is made by the next `follow`. */
  set(what: ComparedWith | undefined): void {
    this.#work.cancel();
    this.#made = '';
    if (what?.kind !== 'model') this.#options.other?.close();
    // What is only changed in place stays on show until it is run again.
    const { with: before, other } = this.#comparison ?? {};
    const isSameKind = what?.kind === before?.kind && what?.kind !== 'model';
    const kept = isSameKind ? other : undefined;
    this.#tell(what && { with: what, other: kept, running: false, failure: undefined });
  }

  /** Makes side B for what is on screen now, unless it was made for that. */
  async follow(a: SideA): Promise<void> {
    const what = this.#comparison?.with;
    if (what === undefined) return;
    const key = JSON.stringify([what, a.run.run, a.edits, a.sampling, modelKey(a.model)]);
    if (key === this.#made) return;
    this.#made = key;
    const signal = this.#work.begin();
    this.#patch({ running: true, failure: undefined });
    try {
      const other = await this.#sideB(what, a, signal);
      if (!signal.aborted) this.#patch({ other, running: false });
    } catch (error) {
      const failure = failureOf(error);
      if (signal.aborted || this.#work.isSuperseded(signal)) return;
      this.#made = '';
      this.#patch({ other: undefined, running: false, failure });
    }
  }

  dispose(): void {
    this.#work.dispose();
    this.#options.other?.close();
  }

  async #sideB(what: ComparedWith, a: SideA, signal: AbortSignal): Promise<OtherSide> {
    switch (what.kind) {
      case 'text':
        return this.#ofText(a, what.text, signal);
      case 'branch':
        return this.#ofBranch(a, what.branch, signal);
      case 'unedited':
        return { ...plain(a), run: a.unedited ?? a.run, edits: { mask: [], positions: [] } };
      case 'settings':
        return { ...plain(a), sampling: what.sampling };
      case 'model':
        return this.#inModel(a, what.location, signal);
    }
  }

  async #ofText(a: SideA, text: string, signal: AbortSignal): Promise<OtherSide> {
    checkText(text);
    const tokens = await this.#options.client.tokenize({ text }, { signal });
    return this.#run(a, { text, tokens }, signal);
  }

  async #ofBranch(a: SideA, id: number, signal: AbortSignal): Promise<OtherSide> {
    const branch = a.branches.find((each) => each.id === id);
    if (branch === undefined) throw fail('text-empty', {});
    const ids = branch.tokens.map((token) => token.id);
    const vocabulary = await this.#options.vocabulary();
    const { text, table } = appendGenerated(a.prompt, ids, vocabulary);
    return this.#run(a, { text, tokens: table }, signal);
  }

  /** Other tokens through the same model, under the same edits. */
  async #run(
    a: SideA,
    { text, tokens }: Pick<OtherSide, 'text' | 'tokens'>,
    signal: AbortSignal,
  ): Promise<OtherSide> {
    const edits = passEdits(a.edits, tokens.ids.length, a.model.config);
    const run = await this.#options.client.run({ ids: tokens.ids, ...edits }, { signal });
    return { ...plain(a), text, tokens, run };
  }

  /** The same text in another model, without the edits: they name tokens, and those may be others. */
  async #inModel(a: SideA, location: ModelLocation, signal: AbortSignal): Promise<OtherSide> {
    const { other } = this.#options;
    if (other === undefined) throw fail('engine-stopped', {});
    const model = await other.open(location, signal);
    const { text } = a;
    const tokens = await other.client.tokenize({ text }, { signal });
    const run = await other.client.run({ ids: tokens.ids }, { signal });
    return { ...plain(a), text, tokens, run, model, edits: { mask: [], positions: [] } };
  }

  #patch(patch: Partial<Comparison>): void {
    if (this.#comparison) this.#tell({ ...this.#comparison, ...patch });
  }

  #tell(comparison: Comparison | undefined): void {
    this.#comparison = comparison;
    this.#options.onChange(comparison);
  }
}

function plain({ text, tokens, run, model, edits, sampling }: SideA): OtherSide {
  return { text, tokens, run, model, edits, sampling };
}
