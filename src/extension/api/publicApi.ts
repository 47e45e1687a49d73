/** What `activate` gives other extensions: the engine's answers in the shapes that tokenscope.d.ts promises. */
import { encodingNames } from '../../protocol/encodings';
import type { EngineClient } from '../../protocol/engineApi';
import { fail } from '../../protocol/failures';
import type { TokenizerChoice } from '../../protocol/tokenizers';
import type { TokenTable } from '../../protocol/tokens';
import { sourceOf } from '../tokenizers/tokenizerSources';
import type { Vocabulary } from '../tokens/vocabulary';
import type {
  NextTokens,
  NextTokensOptions,
  RequestOptions,
  TextOptions,
  TokenscopeApi,
  Tokens,
  Trace,
} from './tokenscopeApi';

export interface ApiParts {
  readonly client: Pick<
    EngineClient,
    'tokenize' | 'countTokens' | 'run' | 'trace' | 'distribution'
  >;
  readonly vocabulary: () => Promise<Vocabulary>;
}

const defaultCount = 10;

export function publicApi(parts: ApiParts): TokenscopeApi {
  return {
    version: 1,
    tokenize: (text, options) => tokens(parts, text, options),
    count: async (text, options) =>
      parts.client.countTokens({ text: checked(text), ...tokenizerOf(options) }, callOf(options)),
    trace: (text, options) => trace(parts, text, options),
    nextTokens: (text, options) => nextTokens(parts, text, options),
  };
}

async function tokens(
  { client }: ApiParts,
  text: string,
  options: TextOptions | undefined,
): Promise<Tokens> {
  const table = await client.tokenize(
    { text: checked(text), ...tokenizerOf(options) },
    callOf(options),
  );
  const { ids, starts, ends, byteStarts } = table;
  return { ids, starts, ends, byteStarts, byteEnds: byteEndsOf(table) };
}

async function trace(
  parts: ApiParts,
  text: string,
  options: RequestOptions | undefined,
): Promise<Trace> {
  const { client } = parts;
  const { ids } = await client.tokenize({ text: checked(text) }, callOf(options));
  const { run, ...info } = await client.run({ ids }, callOf(options));
  return {
    ids: info.ids,
    dropped: info.dropped,
    surprisalBits: info.surprisalBits,
    ranks: info.ranks,
    activations: (later) => client.trace({ run }, callOf(later)),
  };
}

async function nextTokens(
  { client, vocabulary }: ApiParts,
  text: string,
  options: NextTokensOptions = {},
): Promise<NextTokens> {
  const rows = inRange('count', options.count ?? defaultCount, [1, 1000]);
  const temperature = inRange('temperature', options.temperature ?? 1, [1e-6, 10]);
  const call = callOf(options);
  const { ids } = await client.tokenize({ text: checked(text) }, call);
  const { run, dropped } = await client.run({ ids }, call);
  const sampling = { temperature, topK: 0, topP: 1, seed: 1 };
  const found = await client.distribution({ run, sampling, step: 0, rows }, call);
  const words = await vocabulary();
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const listed = Array.from(found.ids, (id, row) => {
    const bytes = words.bytes(id).slice();
    const logit = found.logits[row] ?? NaN;
    return { id, text: decoder.decode(bytes), bytes, logit, probability: likelihood(found, row) };
  });
  return { tokens: listed, entropyBits: found.entropyBits, dropped };
}

function likelihood({ probabilities }: { readonly probabilities: Float64Array }, row: number) {
  return probabilities[row] ?? NaN;
}

/** Where each token's bytes end; what a tokenizer leaves out lies between an end and the next start. */
function byteEndsOf({ ids, byteStarts, byteEnds, byteLength }: TokenTable): Uint32Array {
  if (byteEnds !== undefined) return byteEnds;
  return Uint32Array.from(ids, (_, row) => byteStarts[row + 1] ?? byteLength);
}

function callOf(options: RequestOptions | undefined): { readonly signal?: AbortSignal } {
  return options?.signal === undefined ? {} : { signal: options.signal };
}

function tokenizerOf(options: TextOptions | undefined): { readonly tokenizer?: TokenizerChoice } {
  const written = options?.tokenizer;
  if (written === undefined) return {};
  const source = sourceOf(written);
  if (source !== undefined) return { tokenizer: { source, specialTokens: 'recognised' } };
  const allowed = ['model', ...encodingNames, '"/…"'].join(', ');
  throw fail('setting-invalid', { name: 'tokenizer', value: JSON.stringify(written), allowed });
}

/** Callers may be JavaScript. */
function checked(text: unknown): string {
  if (typeof text === 'string') return text;
  throw fail('setting-invalid', { name: 'text', value: typeof text, allowed: 'string' });
}

function inRange(name: string, value: unknown, [least, most]: readonly [number, number]): number {
  if (typeof value === 'number' && value >= least && value <= most) return value;
  const allowed = `${String(least)} – ${String(most)}`;
  throw fail('setting-invalid', { name, value: String(value), allowed });
}
