import { join } from 'node:path';
import * as v from 'valibot';
import { readJson } from '../engine/files/readJson';
import type { OptimiserSettings } from '../engine/training/optimiser';
import type { TrainingPlan } from '../engine/training/trainer';
import type { DeviceName } from '../protocol/devices';
import { fail } from '../protocol/failures';
import { nodeModelFiles } from '../worker/nodeFiles';
import { t } from './messages';
import { readArguments, UsageError } from './usage';
import { deviceOption, numberOption, refuseRest, threadsOption, wholeOption } from './values';

/** What `train` is asked to do. */
export interface TrainRequest {
  /** Folder of the model and of the run. */
  readonly out: string;
  readonly resume: boolean;
  readonly device: DeviceName | undefined;
  /** 0 for one per core. */
  readonly threads: number;
  readonly tokenizer: string;
  readonly corpora: readonly { readonly file: string; readonly weight: number }[];
  readonly validate: readonly string[];
  readonly checkpointEveryMs: number;
  /** The plan for a vocabulary of this size. */
  readonly plan: (vocabulary: number, endId: number | undefined) => TrainingPlan;
  /** Every setting of the run, to be kept beside it: what is not given to a run that is resumed is taken from there. */
  readonly settings: Settings;
}

/** Throws `UsageError`, and for a run to resume `file-missing` or `json-malformed`. */
export async function readTrainRequest(args: readonly string[]): Promise<TrainRequest> {
  const { values, rest } = readArguments(args, {
    ...Object.fromEntries(onceNames.map((name) => [name, 'once'] as const)),
    corpus: 'often',
    validate: 'often',
    freeze: 'often',
    out: 'once',
    device: 'once',
    threads: 'once',
    tokenizer: 'once',
    resume: 'flag',
  });
  refuseRest(rest);
  const { out, resume } = values;
  if (out === undefined || out === '') throw new UsageError(t('cli.usage.no-out-folder'));
  const given: Readonly<Record<string, unknown>> = values;
  if (resume) refuseFixed({ tokenizer: given['tokenizer'], seed: given['seed'] });
  const stored = resume ? await readSettings(out) : undefined;
  const once = onceNames.map((name) => {
    const typed = given[name];
    return [name, typeof typed === 'string' ? typed : (stored?.once[name] ?? defaults[name])];
  });
  const lists = { corpus: values.corpus, validate: values.validate, freeze: values.freeze };
  const settings: Settings = {
    once: Object.fromEntries(once) as Settings['once'],
    often: {
      corpus: lists.corpus.length > 0 ? lists.corpus : (stored?.often.corpus ?? []),
      validate: lists.validate.length > 0 ? lists.validate : (stored?.often.validate ?? []),
      freeze: lists.freeze.length > 0 ? lists.freeze : (stored?.often.freeze ?? []),
    },
  };
  const tokenizer = resume ? join(out, 'tokenizer.json') : values.tokenizer;
  if (tokenizer === undefined) throw new UsageError(t('cli.usage.no-tokenizer'));
  const on = { device: deviceOption(values.device), threads: threadsOption(values.threads) };
  return { out, resume, tokenizer, ...on, ...meaning(settings) };
}

/** What a run that goes on cannot change: it would be another run. */
function refuseFixed(given: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(given)) {
    if (value === undefined) continue;
    throw new UsageError(t('cli.usage.not-with-resume', { option: `--${name}` }));
  }
}

const defaults = {
  layers: '4',
  heads: '4',
  width: '128',
  context: '128',
  batch: '16',
  steps: '1000',
  'learning-rate': '0.004',
  warmup: '150',
  optimizer: 'adamw',
  momentum: '0.9',
  'weight-decay': '0.1',
  clip: '1',
  seed: '1',
  'checkpoint-every': '600',
} as const;

type OnceName = keyof typeof defaults;
const onceNames = Object.keys(defaults) as OnceName[];

const texts = v.array(v.string());
const settingsSchema = v.object({
  once: v.record(v.string(), v.string()),
  often: v.object({ corpus: texts, validate: texts, freeze: texts }),
});

interface Settings {
  readonly once: Readonly<Record<OnceName, string>>;
  readonly often: {
    readonly corpus: readonly string[];
    readonly validate: readonly string[];
    readonly freeze: readonly string[];
  };
}

export const settingsFile = 'training.json';

async function readSettings(folder: string): Promise<v.InferOutput<typeof settingsSchema>> {
  const content = await readJson(await nodeModelFiles(folder), settingsFile, 1 << 20);
  if (content === undefined) throw fail('file-missing', { file: settingsFile, folder });
  const parsed = v.safeParse(settingsSchema, content);
  if (parsed.success) return parsed.output;
  throw fail('json-malformed', { file: settingsFile, why: v.getDotPath(parsed.issues[0]) ?? '' });
}

type Meaning = Pick<
  TrainRequest,
  'corpora' | 'validate' | 'checkpointEveryMs' | 'plan' | 'settings'
>;

function meaning(settings: Settings): Meaning {
  const { once, often } = settings;
  if (often.corpus.length === 0) throw new UsageError(t('cli.usage.no-corpus'));
  const plan = planOf(settings);
  return {
    settings,
    corpora: often.corpus.map(corpusOption),
    validate: often.validate,
    checkpointEveryMs: 1000 * positive('checkpoint-every', once),
    plan: (vocabulary, endId) => ({ ...plan, config: { ...plan.config, vocabulary, endId } }),
  };
}

/** `FILE` or `FILE:weight`. */
function corpusOption(typed: string): { file: string; weight: number } {
  const [, file = typed, weight = '1'] = /^(.+):(\d+(?:\.\d+)?)$/.exec(typed) ?? [];
  if (Number(weight) > 0) return { file, weight: Number(weight) };
  throw new UsageError(t('cli.usage.not-positive', { option: '--corpus', value: typed }));
}

/** The plan, but for what the tokenizer decides. */
function planOf({ once, often }: Settings): TrainingPlan {
  const whole = (name: OnceName, least: number): number =>
    wholeOption(`--${name}`, once[name], { otherwise: NaN, least });
  const [heads, width] = [whole('heads', 1), whole('width', 1)];
  if (width % heads !== 0) throw new UsageError(t('cli.usage.heads', { heads, width }));
  return {
    config: {
      layers: whole('layers', 0),
      heads,
      keyValueHeads: heads,
      headSize: width / heads,
      width,
      hidden: 4 * width,
      vocabulary: 0,
      context: whole('context', 2),
      norm: 'layer',
      normPlace: 'pre',
      normEpsilon: 1e-5,
      position: 'learned',
      rotaryBase: 10_000,
      activation: 'gelu_new',
      biases: true,
      tied: true,
      endId: undefined,
    },
    batch: whole('batch', 1),
    steps: whole('steps', 1),
    seed: whole('seed', 0),
    optimiser: optimiserOf(once),
    schedule: { peak: positive('learning-rate', once), warmup: whole('warmup', 0), final: 0.1 },
    clip: positive('clip', once),
    freeze: often.freeze,
  };
}

function optimiserOf(once: Settings['once']): OptimiserSettings {
  const decay = notNegative('weight-decay', once);
  const kind = once.optimizer;
  switch (kind) {
    case 'adamw':
    case 'adam':
      return { kind, decay, beta1: 0.9, beta2: 0.95, epsilon: 1e-8 };
    case 'sgd':
      return { kind, decay };
    case 'momentum':
      return { kind, decay, momentum: notNegative('momentum', once) };
    default:
      throw new UsageError(t('cli.usage.optimizer', { value: kind }));
  }
}

function positive(name: OnceName, once: Settings['once']): number {
  const value = numberOption(`--${name}`, once[name], NaN);
  if (value > 0) return value;
  throw new UsageError(t('cli.usage.not-positive', { option: `--${name}`, value: once[name] }));
}

function notNegative(name: OnceName, once: Settings['once']): number {
  return once[name] === '0' ? 0 : positive(name, once);
}
