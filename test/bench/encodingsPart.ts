// OpenAI's encodings: speed by language beside other libraries, runs without a break, and an edit in a long text.
import { readFileSync } from 'node:fs';
import { decode as decodeCl100k, encode as encodeCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { get_encoding } from 'tiktoken';
import { ourEncoding } from '../support/encodings';
import type { TokenizerChoice } from '../../src/protocol/tokenizers';
import { openEngine } from './enginePart';
import { against, medians, type Measurement } from './measurement';

const bytesOfSample = 200_000;
const name = 'cl100k_base';
const tokenizer: TokenizerChoice = { source: { kind: 'encoding', name }, specialTokens: 'as-text' };

export async function encodingsPart(): Promise<readonly Measurement[]> {
  return [...(await speeds()), ...(await runs()), ...(await edits())];
}

/** The sample of a language again and again; libraries that keep what they have seen profit from it as ours does. */
function sampleOf(language: string): string {
  const once = readFileSync(`test/fixtures/text/${language}.txt`, 'utf8');
  return once.repeat(Math.ceil(bytesOfSample / Buffer.byteLength(once)));
}

async function speeds(): Promise<Measurement[]> {
  const ours = await ourEncoding(name, 'as-text');
  const tiktoken = get_encoding(name);
  const found: Measurement[] = [];
  for (const language of ['english', 'japanese', 'code']) {
    const text = sampleOf(language);
    const done = (work: () => unknown) => () => {
      work();
      return Promise.resolve(undefined);
    };
    const times = await medians(
      {
        ours: done(() => ours.encode(text)),
        tiktoken: done(() => tiktoken.encode_ordinary(text)),
        gptTokenizer: done(() => encodeCl100k(text)),
      },
      { rounds: 7, warmUps: 2 },
    );
    const rate = (ms: number): number => Buffer.byteLength(text) / 1000 / ms;
    const measured = {
      name: `${name}, ${language}`,
      value: rate(times.ours),
      unit: 'MB/s' as const,
    };
    found.push(
      against(measured, 'tiktoken (wasm), ids alone', rate(times.tiktoken)),
      against(measured, 'gpt-tokenizer, ids alone', rate(times.gptTokenizer)),
    );
    if (decodeCl100k(encodeCl100k(text)) !== text) throw new Error('the peer lost some text');
  }
  tiktoken.free();
  return found;
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
