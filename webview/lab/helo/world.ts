/** The four-letter world as it is now: where its stations are, where its lines run, and what follows each letter. */
import type { Outcome } from '../../../src/protocol/engineApi';
import type { RunDescription, StepTensor } from '../../../src/protocol/labApi';
import type { Guess } from '../../../src/protocol/labExperiments';
import type { NumberBlock } from '../../../src/protocol/runs';
import type { VocabularyTable } from '../../../src/protocol/tokens';
import { Vocabulary } from '../../vocabulary';
import type { Lab } from '../lab';

export interface World {
  readonly step: number;
  readonly letters: readonly string[];
  readonly embedding: Part;
  readonly output: Part;
  /** What the model expects behind each letter, most likely first. */
  readonly guesses: readonly (readonly Guess[])[];
}

/** One of the two tensors, [V, 2] each. */
export interface Part {
  readonly name: string;
  readonly now: NumberBlock;
  /** Of the last step, where it was made singly. */
  readonly last: { readonly before: NumberBlock; readonly gradient: NumberBlock } | undefined;
}

export type PartName = 'embedding' | 'output';

/** The weight of a part by its name in the file; globs of `freeze` are made of it. */
export function weightOf(run: RunDescription, part: PartName): string | undefined {
  const stem = part === 'embedding' ? 'wte' : 'lm_head';
  return run.weights.map(({ name }) => name).find((name) => name.includes(`${stem}.`));
}

/** Reads everything; the first failure is the answer. */
export async function readWorld(
  lab: Lab,
  run: RunDescription,
  table: VocabularyTable,
): Promise<Outcome<World>> {
  const { host } = lab;
  const vocabulary = new Vocabulary(table);
  const letters = Array.from(
    { length: run.config.vocabulary },
    (_, id) => vocabulary.text(id) ?? '',
  );
  const names = (['embedding', 'output'] as const).map((part) => weightOf(run, part) ?? '');
  const tensors: StepTensor[] = [];
  for (const name of names) {
    const outcome = await host.stepTensor({ run: run.run, name });
    if (!outcome.ok) return outcome;
    tensors.push(outcome.value);
  }
  const guesses: (readonly Guess[])[] = [];
  let step = 0;
  for (const text of letters) {
    const outcome = await host.snapshot({ run: run.run, step: 'now', text, top: letters.length });
    if (!outcome.ok) return outcome;
    guesses.push(outcome.value.guesses);
    step = outcome.value.step;
  }
  const [embedding, output] = tensors.map(partOf);
  if (embedding === undefined || output === undefined)
    return { ok: false, failure: { code: 'tensor-missing', details: { tensor: names.join(' ') } } };
  return { ok: true, value: { step, letters, embedding, output, guesses } };
}

function partOf({ name, before, gradient, after }: StepTensor): Part {
  return {
    name,
    now: after ?? before,
    last: gradient && after ? { before, gradient } : undefined,
  };
}
