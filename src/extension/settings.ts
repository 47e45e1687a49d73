/** The settings `tokenscope.*`, checked: a value that is not allowed is named, and the default is used in its place. */
import * as v from 'valibot';
import { isAbsolute } from 'node:path';
import { encodingNames } from '../protocol/encodings';
import type { Failure } from '../protocol/failures';
import type { SamplingSettings, StopSettings } from '../protocol/sampling';

export const settingsSection = 'tokenscope';

const devices = ['auto', 'wasm', 'reference', 'webgpu', 'webgl2'] as const;

/** Every setting under its name: what is allowed, the same for people, and what holds when nothing (or nonsense) stands. */
const settings = {
  language: setting(v.picklist(['auto', 'en', 'ja']), 'auto, en, ja', 'auto'),
  device: setting(v.picklist(devices), devices.join(', '), 'auto'),
  trainingDevice: setting(v.picklist(devices), devices.join(', '), 'auto'),
  weights: setting(v.picklist(['f32', 'f16', 'int8']), 'f32, f16, int8', 'f32'),
  threads: setting(integer(0, 64), '0 – 64', 0),
  'model.folder': setting(v.string(), '"/…"', ''),
  tokenizers: setting(
    v.record(v.string(), v.pipe(v.string(), v.check(isTokenizer))),
    `{ "markdown": "o200k_base", "*.py": "/…/tokenizer.json" }`,
    {},
  ),
  specialTokens: setting(
    v.picklist(['recognised', 'as-text']),
    'recognised, as-text',
    'recognised',
  ),
  'inline.mode': setting(
    v.picklist(['ids', 'text', 'boundaries', 'heat']),
    'ids, text, boundaries, heat',
    'ids',
  ),
  'inline.palette': setting(v.picklist(['theme', 'blueOrange']), 'theme, blueOrange', 'theme'),
  'inline.showIds': setting(v.boolean(), 'true, false', true),
  'inline.showStrips': setting(v.boolean(), 'true, false', true),
  limit: setting(integer(0, 1_000_000_000), '0 – 1000000000', 0),
  'surprisal.unit': setting(v.picklist(['token', 'word', 'line']), 'token, word, line', 'token'),
  'sampling.temperature': setting(number(0, 10), '0 – 10', 0),
  'sampling.topK': setting(integer(0, 1_000_000), '0 – 1000000', 0),
  'sampling.topP': setting(v.pipe(number(0, 1), v.gtValue(0)), '0 < p ≤ 1', 1),
  'sampling.minP': setting(number(0, 1), '0 – 1', 0),
  'sampling.repetitionPenalty': setting(number(0.1, 10), '0.1 – 10', 1),
  'sampling.seed': setting(integer(0, 2 ** 32 - 1), '0 – 4294967295', 1),
  'generation.maxTokens': setting(integer(1, 10_000), '1 – 10000', 64),
  'generation.stopStrings': setting(
    v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.maxLength(16)),
    '["…"]',
    [],
  ),
};

type Name = keyof typeof settings;
export type SettingValue<N extends Name> = (typeof settings)[N]['otherwise'];

export class Settings {
  readonly #read: (name: string) => unknown;
  readonly #onInvalid: (failure: Failure) => void;

  /** `read` gives what stands in the settings, whatever it is; undefined when nothing does. */
  constructor(read: (name: string) => unknown, onInvalid: (failure: Failure) => void) {
    this.#read = read;
    this.#onInvalid = onInvalid;
  }

  get<N extends Name>(name: N): SettingValue<N> {
    const given = this.#read(name);
    const { schema, allowed, otherwise } = settings[name];
    if (given === undefined) return otherwise;
    const parsed = v.safeParse(schema, given);
    // The table pairs each schema with a default of its own type; the compiler sees only the union of all of them.
    if (parsed.success) return parsed.output;
    const details = { name: `${settingsSection}.${name}`, value: JSON.stringify(given), allowed };
    this.#onInvalid({ code: 'setting-invalid', details });
    return otherwise;
  }

  sampling(): SamplingSettings {
    return {
      temperature: this.get('sampling.temperature'),
      topK: this.get('sampling.topK'),
      topP: this.get('sampling.topP'),
      minP: this.get('sampling.minP'),
      repetitionPenalty: this.get('sampling.repetitionPenalty'),
      seed: this.get('sampling.seed'),
    };
  }

  stop(): StopSettings {
    return {
      maxTokens: this.get('generation.maxTokens'),
      stopStrings: this.get('generation.stopStrings'),
    };
  }
}

interface Setting<Value> {
  readonly schema: v.GenericSchema<unknown, Value>;
  readonly allowed: string;
  readonly otherwise: Value;
}

function setting<Value>(
  schema: v.GenericSchema<Value>,
  allowed: string,
  otherwise: NoInfer<Value>,
): Setting<Value> {
  return { schema: schema, allowed, otherwise };
}

/** `model`, an encoding, or an absolute path. */
function isTokenizer(written: string): boolean {
  return ['model', ...encodingNames].includes(written) || isAbsolute(written);
}

function number(least: number, most: number) {
  return v.pipe(v.number(), v.finite(), v.minValue(least), v.maxValue(most));
}

function integer(least: number, most: number) {
  return v.pipe(v.number(), v.integer(), v.minValue(least), v.maxValue(most));
}
