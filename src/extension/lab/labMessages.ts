/** What may come from the lab's page, checked before anything is done with it. */
import * as v from 'valibot';
import type { Experiment } from '../../protocol/labExperiments';
import type { CorpusSource, ModelForm, RunChange, RunForm } from '../../protocol/labForms';
import type { LabHostApi } from '../../protocol/labPanelApi';

const index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000));
const seed = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(Number.MAX_SAFE_INTEGER));
const name = v.pipe(v.string(), v.maxLength(200));
const text = v.pipe(v.string(), v.maxLength(200_000));
const slot = v.picklist(['training', 'helo']);
const run = v.object({ run: index });
const experimentId = v.object({ experiment: index });
const moment = v.union([index, v.literal('now')]);

/** A form is read field by field in the engine, which says what is wrong with which; here it must only be a form. */
const form = v.custom<RunForm>(isRecord);
const model = v.custom<ModelForm>(isRecord);
const change = v.custom<RunChange>(isRecord);
const source = v.custom<CorpusSource>(isRecord);
const experiment = v.custom<Experiment>(isRecord);

/** The arguments of each method. */
const messages = {
  corpusText: v.tuple([v.object({ source, characters: count })]),
  parameterTable: v.tuple([v.object({ model, vocabulary: index, batch: index })]),
  startingWeight: v.tuple([v.object({ model, vocabulary: index, seed, name })]),
  learnVocabulary: v.tuple([
    v.object({
      sources: v.pipe(v.array(source), v.maxLength(100)),
      size: index,
      special: v.pipe(v.array(name), v.maxLength(1000)),
      sample: text,
    }),
  ]),
  start: v.tuple([run]),
  pause: v.tuple([run]),
  change: v.tuple([v.object({ run: index, change })]),
  step: v.tuple([run]),
  stepTensor: v.tuple([v.object({ run: index, name })]),
  history: v.tuple([v.object({ run: index, after: index })]),
  snapshot: v.tuple([
    v.object({
      run: index,
      step: moment,
      text,
      head: v.exactOptional(v.object({ block: index, head: index })),
      top: count,
    }),
  ]),
  cost: v.tuple([run]),
  vocabulary: v.tuple([run]),
  startExperiment: v.tuple([experimentId]),
  pauseExperiment: v.tuple([experimentId]),
  experimentResult: v.tuple([experimentId]),
  ready: v.tuple([]),
  reopen: v.tuple([]),
  makeRun: v.tuple([v.object({ slot, form })]),
  followSchedule: v.tuple([run]),
  openRun: v.tuple([v.object({})]),
  endRun: v.tuple([v.object({ slot })]),
  makeExperiment: v.tuple([v.object({ experiment })]),
  chooseFiles: v.tuple([v.object({})]),
  chooseTokenizer: v.tuple([v.object({})]),
  saveVocabulary: v.tuple([v.object({ json: v.pipe(v.string(), v.maxLength(100_000_000)) })]),
  saveModel: v.tuple([v.object({ run: index, step: moment })]),
  openExperiment: v.tuple([v.object({})]),
  saveExperiment: v.tuple([v.object({ experiment })]),
  cancelLearning: v.tuple([]),
  showLog: v.tuple([]),
} satisfies Record<keyof LabHostApi, v.GenericSchema>;

/** The same methods, each called only with arguments that have passed the check; others throw. */
export function checked(api: LabHostApi): LabHostApi {
  const entries = (Object.keys(messages) as (keyof LabHostApi)[]).map((method) => {
    const call = (...given: unknown[]): unknown => {
      const passed = v.parse(messages[method], given);
      const handler: (...passed: never[]) => unknown = api[method].bind(api);
      return handler(...(passed as never[]));
    };
    return [method, call] as const;
  });
  // Each entry takes what its own method takes, by the schema of the same name.
  return Object.fromEntries(entries) as unknown as LabHostApi;
}

function isRecord(given: unknown): boolean {
  return typeof given === 'object' && given !== null && !Array.isArray(given);
}
