// Loading GPT-2's shape with random weights, half a gigabyte: time, memory at its peak, and how soon a cancellation is heard.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeGpt2Folder } from './gpt2Folder';
import type { LoadingFigures } from './loading/main';
import { against, median, type Measurement } from './measurement';
import { gpt2Small } from './peers/modelRows';

const rounds = 3;

export function loadingPart(): Promise<readonly Measurement[]> {
  const folder = mkdtempSync(join(tmpdir(), 'tokenscope-bench-'));
  try {
    writeGpt2Folder(folder, gpt2Small);
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
