/** The engine's answer for the settings on screen, kept together with them, so that no number stands under a foreign setting. */
import type { Distribution, SamplingSettings } from '../../src/protocol/sampling';
import type { Inspector } from '../view';
import type { Draft } from './predictSampling';

export interface Prediction {
  readonly settings: SamplingSettings;
  readonly distribution: Distribution;
}

/** How many of the largest logits are fetched: more than can be told apart on the bar. */
export const fetched = 256;

/**
 * Reads the distribution of the last position. While the answer to a moved slider is on its way, the pair of settings
 * and answer before it stays (a reader of it shows those settings, not the slider's); a new run clears it.
 */
export function predictionReader(inspector: Inspector, draft: Draft): () => Prediction | undefined {
  const { numbers, subject, state } = inspector;
  let shown: (Prediction & { readonly run: number }) | undefined;
  return () => {
    const { run } = subject.value.run;
    const settings = draft.settings();
    const step = state.value.generation.cursor;
    const ask = (rows: number): Distribution | undefined =>
      numbers.ask('distribution', { sampling: settings, step, rows });
    const first = ask(fetched);
    // What was drawn may lie further down; it is shown with its logit like any other.
    const deep = first && first.pick.rank > fetched ? ask(first.pick.rank) : first;
    if (deep)
      shown = { run, settings, distribution: settings.temperature === 0 ? uncut(deep) : deep };
    return shown?.run === run ? shown : undefined;
  };
}

/**
 * Greedy takes the largest logit; that it keeps one token alone says nothing about the others, so all of them are shown
 * with their probability at temperature 1, which is what the engine gives as the probability of its pick.
 */
function uncut(distribution: Distribution): Distribution {
  const { probabilities, vocabulary } = distribution;
  return { ...distribution, kept: probabilities, keptCount: vocabulary, keptMass: 1 };
}
