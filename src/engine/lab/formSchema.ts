import * as v from 'valibot';
import { fail } from '../../protocol/failures';
import { grammarNames, type RunChange, type RunForm } from '../../protocol/labForms';
import { checkHeads, modelEntries } from '../files/ownConfig';

const share = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const positive = v.pipe(v.number(), v.gtValue(0), v.finite());
const notNegative = v.pipe(v.number(), v.minValue(0), v.finite());
const texts = v.array(v.string());

function whole(least: number, most = 1e9) {
  return v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
}

const common = { weight: positive };
const corpusSchema = v.variant('kind', [
  v.object({
    kind: v.literal('grammar'),
    grammar: v.picklist(grammarNames),
    seed: whole(0, Number.MAX_SAFE_INTEGER),
    characters: whole(1, 1e8),
    ...common,
  }),
  v.object({ kind: v.literal('files'), files: v.pipe(texts, v.minLength(1)), ...common }),
  v.object({ kind: v.literal('text'), text: v.string(), ...common }),
]);
export const corporaSchema = v.pipe(v.array(corpusSchema), v.minLength(1));

const tokenizerSchema = v.variant('kind', [
  v.object({ kind: v.literal('builtin') }),
  v.object({ kind: v.literal('tiny') }),
  v.object({ kind: v.literal('file'), file: v.string() }),
  v.object({ kind: v.literal('learned'), size: whole(256, 1 << 20), special: texts }),
  v.object({ kind: v.literal('characters') }),
]);

const trainingSchema = v.object({
  batch: whole(1, 4096),
  steps: whole(1),
  seed: whole(0, Number.MAX_SAFE_INTEGER),
  optimiser: v.picklist(['adamw', 'adam', 'sgd', 'momentum']),
  rate: positive,
  warmup: whole(0),
  finalRate: share,
  decay: notNegative,
  momentum: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  clip: notNegative,
  dropout: v.pipe(v.number(), v.minValue(0), v.ltValue(1)),
  labelNoise: share,
  freeze: texts,
  fixEmbeddingNorm: v.boolean(),
  then: v.exactOptional(v.object({ fromStep: whole(2), corpora: corporaSchema })),
});

const watchSchema = v.object({
  statisticsEvery: whole(0),
  validateEvery: whole(0),
  sampleEvery: whole(0),
  snapshotEvery: whole(0),
  prompts: texts,
  sampleTokens: whole(0, 10_000),
  checkpointMs: positive,
});

export const runFormSchema = v.object({
  name: v.string(),
  model: v.object({ ...modelEntries, initialisation: v.picklist(['normal', 'xavier', 'he']) }),
  tokenizer: tokenizerSchema,
  corpora: corporaSchema,
  validationShare: v.pipe(v.number(), v.minValue(0), v.maxValue(0.5)),
  trainCharacters: v.exactOptional(whole(1)),
  training: trainingSchema,
  watch: watchSchema,
  device: v.exactOptional(v.picklist(['wasm', 'reference', 'webgpu', 'webgl2'])),
});

const changeSchema = v.partial(
  v.object({
    rate: v.optional(positive),
    decay: notNegative,
    clip: notNegative,
    freeze: texts,
    steps: whole(1),
  }),
);

/** Throws `setting-invalid` with the field that is wrong, or `config-invalid` for heads that do not fit. */
export function checkForm(form: unknown): RunForm {
  const checked = conform(runFormSchema, form);
  checkHeads(checked.model);
  return checked;
}

/** Throws `setting-invalid` with the field that is wrong. */
export function checkModel(model: unknown): RunForm['model'] {
  const checked = conform(runFormSchema.entries.model, model);
  checkHeads(checked);
  return checked;
}

export function checkChange(change: unknown): RunChange {
  // What is absent stays, and a rate that is given as undefined does not: the keys are told apart by the caller's object.
  return conform(changeSchema, change) as RunChange;
}

function conform<Schema extends v.GenericSchema>(
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const [issue] = parsed.issues;
  throw fail('setting-invalid', {
    name: v.getDotPath(issue) ?? '',
    value: issue.received,
    allowed: issue.expected ?? '',
  });
}
