// Loading GPT-2's shape with random weights, half a gigabyte: time, memory at its peak, and how soon a cancellation is heard.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { elementCount } from '../../src/engine/model/parameters';
import { expectedShapes } from '../../src/engine/model/shapes';
import { seeded, spread } from '../support/random';
import type { LoadingFigures } from './loading/main';
import { against, median, type Measurement } from './measurement';
import { gpt2Small } from './peers/modelRows';

const rounds = 3;

export function loadingPart(): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tokenscope-bench-'));
  try {
    writeModel(folder);
    const figures = Array.from({ length: rounds }, () => load(folder));
    return Promise.resolve(rows(figures));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function load(folder: string): LoadingFigures {
  const args = ['out/test/bench/loading/main.mjs', folder];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as LoadingFigures;
}

function rows(figures: readonly LoadingFigures[]): Measurement[] {
  const of = (name: keyof LoadingFigures): number => median(figures.map((each) => each[name]));
  const megabytes = of('weightBytes') / 1e6;
  const name = `load ${megabytes.toFixed(0)} MB of weights`;
  const peak = { name: `${name}: memory at the peak`, value: of('peakBytes') / 1e6, unit: 'MB' };
  return [
    { name: `${name}: CPU time`, value: of('cpuMs'), unit: 'ms' },
    { name: `${name}: time that passed`, value: of('passedMs'), unit: 'ms' },
    against({ ...peak, unit: 'MB' }, 'the weights', megabytes),
    { name: `${name}: until a cancellation has ended it`, value: of('cancelMs'), unit: 'ms' },
  ];
}

/** A folder as Hugging Face lays it out, without a tokenizer. */
function writeModel(folder: string): void {
  const { layers, heads, width, vocabulary, context } = gpt2Small;
  const sizes = { n_layer: layers, n_head: heads, n_embd: width, n_positions: context };
  const config = { model_type: 'gpt2', vocab_size: vocabulary, ...sizes };
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
  const file = openSync(join(folder, 'model.safetensors'), 'w');
  try {
    const shapes = expectedShapes(gpt2Small);
    writeSync(file, header(shapes));
    const random = seeded(1);
    for (const shape of shapes.values()) {
      writeSync(file, spread(random, elementCount(shape), 0.05));
    }
  } finally {
    closeSync(file);
  }
}

/** The length of a JSON text, and the text: where each tensor lies (github.com/huggingface/safetensors). */
function header(shapes: ReadonlyMap<string, readonly number[]>): Buffer {
  let end = 0;
  const entries = [...shapes].map(([name, shape]) => {
    const from = end;
    end += 4 * elementCount(shape);
    return [name, { dtype: 'F32', shape, data_offsets: [from, end] }] as const;
  });
  const text = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, ' ')]);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(padded.length));
  return Buffer.concat([length, padded]);
}
