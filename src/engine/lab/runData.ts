import type { CorpusChoice, ModelForm, RunForm } from '../../protocol/labForms';
import type { ModelConfig } from '../../protocol/modelConfig';
import { tokenize } from '../tokenizing';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Corpus, TokenStream } from '../training/batches';
import type { OptimiserSettings } from '../training/optimiser';
import type { TrainingPlan } from '../training/trainer';
import type { Phase } from '../training/lessons';
import type { Pace } from '../work';
import { corpusText } from './corpusText';
import type { LabFiles } from './labHost';
import { labTokenizer, openLabTokenizer, type LabTokenizer } from './labTokenizer';

/** What a run learns from and is measured on. */
export interface RunData extends LabTokenizer {
  readonly config: ModelConfig;
  readonly corpora: readonly Corpus[];
  readonly then: Phase | undefined;
  /** What was held out; undefined where that is less than two tokens. */
  readonly validation: ScoredText | undefined;
  readonly trainTokens: number;
}

export interface ScoredText {
  readonly tokens: TokenStream;
  readonly bytesOf: (id: number) => number;
}

/**
 * Reads the corpora of a form, makes its tokenizer unless `json` holds it already, and cuts off what is kept for
 * validation. Throws what is wrong with a corpus or the tokenizer.
 */
export async function prepareData(
  on: { readonly files: LabFiles; readonly pace: Pace },
  form: RunForm,
  json: string | undefined,
): Promise<RunData> {
  const { files, pace } = on;
  const { then } = form.training;
  const first = await readAll(files, form.corpora);
  const second = await readAll(files, then?.corpora ?? []);
  const made = { texts: [...first, ...second], pause: pace.pause };
  const { tokenizer, ...described } =
    json === undefined
      ? await labTokenizer(files, form.tokenizer, made)
      : openLabTokenizer(json, 'tokenizer.json');
  const cut = { held: form.validationShare, characters: form.trainCharacters ?? Infinity };
  const parts: Split[] = [];
  for (const text of first) parts.push(await split({ tokenizer, text, ...cut }, pace));
  const later: Split[] = [];
  for (const text of second) {
    later.push(await split({ tokenizer, text, held: 0, characters: Infinity }, pace));
  }
  const held = join(parts.map(({ validation }) => validation));
  const corpora = corporaOf(form.corpora, parts);
  const { offsets, special } = tokenizer.vocabulary;
  return {
    tokenizer,
    ...described,
    config: { ...configOf(form.model), vocabulary: offsets.length - 1, endId: special[0] },
    corpora,
    then:
      then === undefined
        ? undefined
        : { fromStep: then.fromStep, corpora: corporaOf(then.corpora, later) },
    validation:
      held.length < 2
        ? undefined
        : { tokens: held, bytesOf: (id) => offsets[id + 1] - offsets[id] },
    trainTokens: corpora.reduce((sum, { tokens }) => sum + tokens.length, 0),
  };
}

/** A config but for what the tokenizer decides. */
export function configOf(form: ModelForm): Omit<ModelConfig, 'vocabulary' | 'endId'> {
  const config: Omit<ModelForm, 'initialisation'> & { initialisation?: unknown } = { ...form };
  delete config.initialisation;
  return config;
}

/** The form as the trainer understands it. */
export function planOf(form: RunForm, config: ModelConfig): TrainingPlan {
  const { training } = form;
  return {
    config,
    batch: training.batch,
    steps: training.steps,
    seed: training.seed,
    optimiser: optimiserOf(training),
    schedule: { peak: training.rate, warmup: training.warmup, final: training.finalRate },
    clip: training.clip === 0 ? Infinity : training.clip,
    freeze: training.freeze,
    initialisation: form.model.initialisation,
    dropout: training.dropout,
    labelNoise: training.labelNoise,
    fixEmbeddingNorm: training.fixEmbeddingNorm,
  };
}

function optimiserOf({ optimiser: kind, decay, momentum }: RunForm['training']): OptimiserSettings {
  switch (kind) {
    case 'adamw':
    case 'adam':
      return { kind, decay, beta1: 0.9, beta2: 0.95, epsilon: 1e-8 };
    case 'sgd':
      return { kind, decay };
    case 'momentum':
      return { kind, decay, momentum };
  }
}

/** The tokenizer that runs of all these forms can share: of a form's kind, made from the texts of all. */
export async function sharedTokenizer(
  on: { readonly files: LabFiles; readonly pace: Pace },
  forms: readonly [RunForm, ...RunForm[]],
): Promise<string> {
  const corpora = forms.flatMap((form) => [
    ...form.corpora,
    ...(form.training.then?.corpora ?? []),
  ]);
  const sources = new Map(corpora.map((corpus) => [JSON.stringify(corpus), corpus]));
  const texts = await readAll(on.files, [...sources.values()]);
  const made = { texts, pause: on.pace.pause };
  return (await labTokenizer(on.files, forms[0].tokenizer, made)).json;
}

async function readAll(files: LabFiles, corpora: readonly CorpusChoice[]): Promise<string[]> {
  const texts: string[] = [];
  for (const corpus of corpora) texts.push(await corpusText(files, corpus));
  return texts;
}

interface Split {
  readonly train: Int32Array;
  readonly validation: Int32Array;
}

async function split(
  of: { tokenizer: Tokenizer; text: string; held: number; characters: number },
  pace: Pace,
): Promise<Split> {
  const { ids, ends } = await tokenize(of.tokenizer, of.text, { pace, onProgress: undefined });
  const kept = Math.ceil(ids.length * (1 - of.held));
  let count = kept;
  while (count > 0 && ends[count - 1] > of.characters) count--;
  return { train: ids.slice(0, count), validation: ids.slice(kept) };
}

function corporaOf(choices: readonly CorpusChoice[], parts: readonly Split[]): Corpus[] {
  return choices.map(({ weight }, index) => ({ tokens: parts[index].train, weight }));
}

function join(parts: readonly Int32Array[]): Int32Array {
  const all = new Int32Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
