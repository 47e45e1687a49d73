/** Passes of a panel: its prompt and what was generated after it through the open model, under the edits. */
import type { EngineClient, GeneratedToken, PassEdits } from '../../protocol/engineApi';
import { fail } from '../../protocol/failures';
import type { ModelInfo } from '../../protocol/models';
import { isEdited, noEdits } from '../../protocol/runEdits';
import type { RunEdits } from '../../protocol/runEdits';
import type { PanelState, Place } from '../../protocol/panelApi';
import type { TokenTable } from '../../protocol/tokens';
import { modelKey } from '../models/modelKey';
import { appendGenerated } from '../tokens/generatedTable';
import type { Vocabulary } from '../tokens/vocabulary';
import { beside } from './panelBranches';
import type { PanelPrompt } from './panelPrompt';
import type { PanelSnapshot } from './panelSnapshot';
import { lineOf, passEdits } from './panelSubject';

export interface PassOptions {
  readonly engine: {
    readonly client: Pick<EngineClient, 'run' | 'step'>;
    readonly model: ModelInfo | undefined;
  };
  readonly vocabulary: () => Promise<Vocabulary>;
  readonly prompt: PanelPrompt;
  readonly snapshot: PanelSnapshot;
}

export class PanelPass {
  readonly #options: PassOptions;
  /** The edits of the next run; the snapshot has those of the run that it shows. */
  edits: RunEdits = noEdits;
  /** The model that generated the tokens. */
  tokensModel: string | undefined;

  constructor(options: PassOptions) {
    this.#options = options;
  }

  /** Prompt and the first `cursor` tokens through the model, as one snapshot. */
  async run(tokens: readonly GeneratedToken[], cursor: number, signal: AbortSignal): Promise<void> {
    const { engine, vocabulary, prompt, snapshot } = this.#options;
    const { client } = engine;
    const promptTable = await prompt.tokens(signal);
    const known = await vocabulary();
    const shown = this.#fromThisModel(tokens);
    const generated = shown.slice(0, cursor).map(({ id }) => id);
    const { text, table } = appendGenerated(
      { text: prompt.text, table: promptTable },
      generated,
      known,
    );
    const { edits } = this;
    const { ids } = table;
    const run = await client.run({ ids, ...this.#passEdits(ids.length) }, { signal });
    const unedited = isEdited(edits) ? await client.run({ ids }, { signal }) : undefined;
    if (signal.aborted) throw fail('cancelled', {});
    const { running, branches } = snapshot.state.generation;
    const generation = {
      promptLength: promptTable.ids.length,
      ...lineOf(shown),
      cursor: generated.length,
      running,
      // Another model has other ids, in branches too.
      branches: shown === tokens ? beside(branches, shown) : [],
    };
    const place = this.#placeIn(table);
    snapshot.set({ text, tokens: table, run, edits, unedited, generation, place });
  }

  /** One token after those. */
  step(tokens: readonly GeneratedToken[], signal: AbortSignal): Promise<GeneratedToken> {
    const { engine, prompt, snapshot } = this.#options;
    const { sampling, stop } = snapshot.state;
    const ids = Int32Array.of(...prompt.ids, ...tokens.map(({ id }) => id));
    const edits = this.#passEdits(ids.length);
    const request = { ids, promptLength: prompt.ids.length, sampling, stop, ...edits };
    return engine.client.step(request, { signal });
  }

  #passEdits(tokens: number): PassEdits {
    return passEdits(this.edits, tokens, this.#options.engine.model?.config);
  }

  /** Another model has other ids: what the old one generated cannot stand after its tokens. */
  #fromThisModel(tokens: readonly GeneratedToken[]): readonly GeneratedToken[] {
    const key = modelKey(this.#options.engine.model);
    const isSame = this.tokensModel === undefined || this.tokensModel === key;
    this.tokensModel = key;
    return isSame ? tokens : [];
  }

  #placeIn(table: TokenTable): Place {
    const { place }: PanelState = this.#options.snapshot.state;
    const token = this.#options.prompt.takeLook(table);
    return token === undefined ? place : { ...place, token };
  }
}
