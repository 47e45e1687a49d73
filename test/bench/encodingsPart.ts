// OpenAI's encodings: speed by language beside other libraries, runs without a break, and an edit in a long text.
import { readFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import { encode as encodeCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { encode as encodeO200k } from 'gpt-tokenizer/encoding/o200k_base';
import { encode as encodeP50k } from 'gpt-tokenizer/encoding/p50k_base';
import { get_encoding } from 'tiktoken';
import { ourEncoding } from '../support/encodings';
import type { Tokenizer } from '../../src/engine/tokenizer/tokenizer';
import { openAnyTokenizer } from '../../src/engine/tokenizer/openTokenizer';
import type { TokenizerChoice } from '../../src/protocol/tokenizers';
import { openEngine } from './enginePart';
import { against, medians, type Measurement } from './measurement';

const bytesOfSample = 200_000;
const name = 'cl100k_base';
const peers = {
  p50k_base: encodeP50k,
  cl100k_base: encodeCl100k,
  o200k_base: encodeO200k,
} as const;
const tokenizer: TokenizerChoice = { source: { kind: 'encoding', name }, specialTokens: 'as-text' };

export async function encodingsPart(): Promise<readonly Measurement[]> {
  const found = await memories();
  for (const encoding of Object.keys(peers) as (keyof typeof peers)[]) {
    found.push(...(await speeds(encoding)));
  }
  found.push(...(await describedSpeeds()), ...(await runs()), ...(await edits()));
  return [...found, ...(await largeCount())];
}

/** The sample of a language again and again; libraries that keep what they have seen profit from it as ours does. */
function sampleOf(language: string): string {
  const once = readFileSync(`test/fixtures/text/${language}.txt`, 'utf8');
  return once.repeat(Math.ceil(bytesOfSample / Buffer.byteLength(once)));
}

const languages = ['english', 'japanese', 'code'];

async function speeds(encoding: keyof typeof peers): Promise<Measurement[]> {
  const ours = await ourEncoding(encoding, 'as-text');
  const tiktoken = get_encoding(encoding);
  const found: Measurement[] = [];
  for (const language of languages) {
    const text = sampleOf(language);
    const times = await medians(
      {
        ours: done(() => ours.encode(text)),
        tiktoken: done(() => tiktoken.encode_ordinary(text)),
        gptTokenizer: done(() => peers[encoding](text)),
      },
      { rounds: 7, warmUps: 2 },
    );
    const measured = speed(`${encoding}, ${language}`, text, times.ours);
    found.push(
      against(measured, 'tiktoken (wasm), ids alone', speed('', text, times.tiktoken).value),
      against(measured, 'gpt-tokenizer, ids alone', speed('', text, times.gptTokenizer).value),
    );
  }
  tiktoken.free();
  return found;
}

/** The built-in model's tokenizer.json, by us and by the library whose expressions we use, which tells no offsets. */
async function describedSpeeds(): Promise<Measurement[]> {
  const json = JSON.parse(readFileSync('media/models/builtin/tokenizer.json', 'utf8')) as object;
  const ours = openAnyTokenizer(json, 'tokenizer.json');
  const theirs = new HuggingFaceTokenizer(json, {});
  const found: Measurement[] = [];
  for (const language of languages) {
    const text = sampleOf(language);
    const times = await medians(
      { ours: done(() => ours.encode(text)), theirs: done(() => theirs.encode(text)) },
      { rounds: 3, warmUps: 1 },
    );
    const measured = speed(`tokenizer.json, ${language}`, text, times.ours);
    const peer = speed('', text, times.theirs).value;
    found.push(against(measured, '@huggingface/tokenizers, ids alone', peer));
  }
  return found;
}

function speed(what: string, text: string, ms: number): Measurement {
  return { name: what, value: Buffer.byteLength(text) / 1000 / ms, unit: 'MB/s' };
}

function done(work: () => unknown): () => Promise<undefined> {
  return () => {
    work();
    return Promise.resolve(undefined);
  };
}

/** What each encoding holds once it is open. All are kept to the end, so that nothing else is freed meanwhile. */
async function memories(): Promise<Measurement[]> {
  const kept: Tokenizer[] = [];
  const found: Measurement[] = [];
  for (const encoding of Object.keys(peers) as (keyof typeof peers)[]) {
    const before = heapMegabytes();
    kept.push(await ourEncoding(encoding, 'as-text'));
    const value = heapMegabytes() - before;
    found.push({ name: `${encoding} when it is open`, value, unit: 'MB' });
  }
  if (kept.length !== found.length) throw new Error('an encoding was not kept');
  return found;
}

/** Heap and array buffers in use after a collection. */
function heapMegabytes(): number {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return (heapUsed + arrayBuffers) / 1e6;
}

/** 20 MB of code, as a file of that size is counted. */
async function largeCount(): Promise<Measurement[]> {
  const engine = await openEngine('wasm');
  const text = sampleOf('code').repeat(Math.ceil(20_000_000 / bytesOfSample));
  const counted = async (): Promise<undefined> => {
    await engine.countTokens({ text, tokenizer });
    return undefined;
  };
  const { count } = await medians({ count: counted }, { rounds: 3, warmUps: 0 });
  await engine.dispose();
  return [
    {
      name: `count of ${String(Math.round(Buffer.byteLength(text) / 1e6))} MB`,
      value: count,
      unit: 'ms',
    },
  ];
}

/** What has no place to cut. */
async function runs(): Promise<Measurement[]> {
  const ours = await ourEncoding(name);
  const encoded = (text: string) => () => {
    ours.encode(text);
    return Promise.resolve(undefined);
  };
  const times = await medians(
    { letters: encoded('a'.repeat(20_000)), kana: encoded('あいうえお'.repeat(2_000)) },
    { rounds: 7, warmUps: 2 },
  );
  return [
    { name: '20,000 × “a” in one piece', value: times.letters, unit: 'ms' },
    { name: '10,000 kana in one piece', value: times.kana, unit: 'ms' },
  ];
}

/** A key in the middle of 5 MB, until the tokens around it are there again. */
async function edits(): Promise<Measurement[]> {
  const engine = await openEngine('wasm');
  let part = '';
  while (part.length < 5_000_000) part += sampleOf('code');
  await engine.putText({ name: 'text', version: 1, part, place: 'first' });
  await engine.countText({ name: 'text', version: 1, tokenizer });
  let version = 1;
  const start = part.length >> 1;
  const key = async (): Promise<undefined> => {
    const change = { start, end: start, text: 'x' };
    const length = part.length + version;
    await engine.editText({ name: 'text', version, to: ++version, changes: [change], length });
    const around = { start: start - 12_000, end: start + 12_000 };
    await engine.textTokens({ name: 'text', version, tokenizer, ...around });
    return undefined;
  };
  const { edit } = await medians({ edit: key }, { rounds: 25, warmUps: 3 });
  await engine.dispose();
  return [{ name: 'key in 5 MB, until its 24,000 characters are tokens', value: edit, unit: 'ms' }];
}
