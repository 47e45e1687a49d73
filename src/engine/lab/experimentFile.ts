import * as v from 'valibot';
import { fail } from '../../protocol/failures';
import type { Experiment } from '../../protocol/labExperiments';
import type { CorpusChoice, RunForm } from '../../protocol/labForms';
import { corporaSchema, runFormSchema } from './formSchema';
import type { LabFiles } from './labHost';

/** Reads a `*.experiment.json`; paths in it are as seen from the file. Throws `experiment-invalid`. */
export async function readExperiment(files: LabFiles, file: string): Promise<Experiment> {
  const text = await files.text(file);
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (error) {
    throw fail('experiment-invalid', { file, why: (error as Error).message });
  }
  return placed(checkExperiment(content, file), (path) => files.beside(file, path));
}

export async function writeExperiment(
  files: LabFiles,
  file: string,
  experiment: Experiment,
): Promise<void> {
  await files.write(file, `${JSON.stringify(checkExperiment(experiment, file), undefined, 1)}\n`);
}

/** Throws `experiment-invalid` with the first field that is wrong. */
export function checkExperiment(content: unknown, file: string): Experiment {
  const parsed = v.safeParse(schema, content);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  const why = `${v.getDotPath(issue) ?? ''}: ${issue.received}`;
  throw fail('experiment-invalid', { file, why });
}

const number = v.pipe(v.number(), v.finite());
const count = v.pipe(v.number(), v.integer(), v.minValue(0));
const plainKinds = [
  'freeze-embeddings',
  'freeze-output',
  'fix-embedding-norm',
  'no-norm',
  'no-activation',
  'no-positions',
  'no-mask',
] as const;

const changeSchema = v.variant('kind', [
  v.object({ kind: v.picklist(plainKinds) }),
  v.object({ kind: v.literal('freeze-block'), block: count }),
  v.object({ kind: v.literal('weight-decay'), decay: v.pipe(number, v.minValue(0)) }),
  v.object({
    kind: v.literal('wider'),
    factor: v.pipe(number, v.integer(), v.minValue(2), v.maxValue(16)),
  }),
  v.object({ kind: v.literal('learning-rate'), factor: v.pipe(number, v.gtValue(0)) }),
  v.object({
    kind: v.literal('label-noise'),
    share: v.pipe(number, v.minValue(0), v.maxValue(1)),
  }),
  v.object({
    kind: v.literal('second-corpus'),
    fromStep: v.pipe(count, v.minValue(2)),
    corpora: corporaSchema,
  }),
  v.object({ kind: v.literal('tiny-corpus'), characters: v.pipe(count, v.minValue(1)) }),
]);

const schema = v.object({
  version: v.literal(1),
  name: v.string(),
  baseline: runFormSchema,
  change: changeSchema,
  probes: v.array(v.string()),
  prediction: v.string(),
});

function placed(experiment: Experiment, place: (path: string) => string): Experiment {
  const corpora = (choices: readonly CorpusChoice[]): CorpusChoice[] =>
    choices.map((choice) =>
      choice.kind === 'files' ? { ...choice, files: choice.files.map(place) } : choice,
    );
  const { baseline, change } = experiment;
  const { tokenizer, training } = baseline;
  const form: RunForm = {
    ...baseline,
    corpora: corpora(baseline.corpora),
    tokenizer:
      tokenizer.kind === 'file' ? { kind: 'file', file: place(tokenizer.file) } : tokenizer,
    training:
      training.then === undefined
        ? training
        : { ...training, then: { ...training.then, corpora: corpora(training.then.corpora) } },
  };
  return {
    ...experiment,
    baseline: form,
    change:
      change.kind === 'second-corpus' ? { ...change, corpora: corpora(change.corpora) } : change,
  };
}
