// Whole models beside ONNX Runtime on the same weights: a token behind others, and a text at once.
import { setTimeout } from 'node:timers/promises';
import type { ModelConfig } from '../../../src/protocol/modelConfig';
import { elementCount } from '../../../src/engine/model/parameters';
import { expectedShapes } from '../../../src/engine/model/shapes';
import { seeded, spread } from '../../support/random';
import type { Tensor } from '../../support/safetensors';
import { against, medians, type Candidate, type Measurement } from '../measurement';
import { builtinShape } from '../trainingPart';
import { buildNames, runnableBuilds } from './builds';
import { checkClose } from './checkClose';
import { onnxPass } from './onnxPass';
import type { OnnxRuntime } from './onnxRuntime';
import { ourModel, type Reading } from './ourModel';
import { tokenProducts } from './tokenProducts';

/** GPT-2's smallest: 124 million parameters. */
export const gpt2Small: ModelConfig = {
  ...builtinShape,
  layers: 12,
  heads: 12,
  keyValueHeads: 12,
  headSize: 64,
  width: 768,
  hidden: 3072,
  vocabulary: 50_257,
  context: 1024,
};

type Weights = ReadonlyMap<string, Tensor>;

interface Runtimes {
  readonly native: OnnxRuntime;
  readonly web: OnnxRuntime;
}

/** A model and what is asked of it. */
interface Case extends Reading {
  readonly name: string;
  readonly config: ModelConfig;
  readonly weights: Weights;
  readonly rounds: number;
}

type Peer = 'onnxruntime-node' | 'onnxruntime-web';

export async function modelRows(runtimes: Runtimes): Promise<Measurement[]> {
  const small = { config: gpt2Small, weights: randomWeights(gpt2Small) };
  const builtin = { config: builtinShape, weights: randomWeights(builtinShape) };
  const token = { rows: 1, past: 64, rounds: 9 };
  const [behind, behindMany] = ['a token behind 64', 'a token behind 512'];
  const cases: readonly Case[] = [
    { ...builtin, ...token, rounds: 31, name: `built-in shape: ${behind}` },
    { ...small, ...token, name: `GPT-2 small: ${behind}` },
    { ...small, ...token, past: 512, name: `GPT-2 small: ${behindMany}` },
    ...[64, 256, 1024].map((rows) => {
      return { ...small, rows, past: 0, rounds: 3, name: `GPT-2 small: ${rows} tokens` };
    }),
  ];
  const found: Measurement[] = [];
  for (const of of cases) found.push(...(await onOneThread(of, runtimes)));
  const one: Case = { ...small, ...token, name: `GPT-2 small: ${behind}` };
  found.push(...(await onAllThreads(one, runtimes)));
  found.push(...(await besideProducts(one)));
  return found;
}

/** One thread each, in CPU time: every build of ours beside both peers, in the same rounds. */
async function onOneThread(of: Case, runtimes: Runtimes): Promise<Measurement[]> {
  const peers = ['onnxruntime-node', 'onnxruntime-web'] as const;
  return race(of, { runtimes, peers, threads: 1, timed: inCpuTime });
}

/** With threads the time that passes is what counts; all meet the same machine, however busy it is. */
async function onAllThreads(of: Case, runtimes: Runtimes): Promise<Measurement[]> {
  const peers = ['onnxruntime-node'] as const;
  return race({ ...of, rounds: 31 }, { runtimes, peers, threads: 0, timed: inPassedTime });
}

interface Race {
  readonly runtimes: Runtimes;
  readonly peers: readonly Peer[];
  /** 0 for all. */
  readonly threads: number;
  readonly timed: (run: () => Promise<unknown>) => Candidate;
}

async function race(of: Case, { runtimes, peers, threads, timed }: Race): Promise<Measurement[]> {
  const owned: { dispose(): unknown }[] = [];
  const candidates: Record<string, Candidate> = {};
  const builds = runnableBuilds();
  try {
    let cache: Readonly<Record<string, Float32Array>> = {};
    let expected: Float32Array = new Float32Array();
    for (const build of builds) {
      const ours = await ourModel(of, { threads, build });
      owned.push(ours);
      cache = await ours.cache();
      expected = await ours.run();
      candidates[build] = timed(ours.run);
    }
    for (const peer of peers) {
      const [runtime, on] =
        peer === 'onnxruntime-node'
          ? ([runtimes.native, 'cpu'] as const)
          : ([runtimes.web, 'wasm'] as const);
      const pass = await onnxPass(of, { runtime, on, threads, cache });
      owned.push(pass);
      checkClose(await pass.run(), expected, `${of.name}, ${peer}`);
      candidates[peer] = timed(pass.run);
    }
    const times = await medians(candidates, { rounds: of.rounds, warmUps: 1 });
    const on = threads === 1 ? 'one thread' : 'all threads, time that passed';
    return builds.flatMap((build) =>
      peers.map((peer) => {
        const [ours = NaN, theirs = NaN] = [times[build], times[peer]];
        return row(`${of.name}, ${on}, ${buildNames[build]}`, { ours, peer: theirs }, peer);
      }),
    );
  } finally {
    for (const one of owned) await one.dispose();
  }
}

/**
 * GPU.js and loops compute just the products of such a token, with weights that stay where they are: less than what
 * ours does, which is a whole token.
 */
async function besideProducts(of: Case): Promise<Measurement[]> {
  const ours = await ourModel(of, { threads: 1, build: 'simd' });
  const gpujs = tokenProducts(of.config, 'GPU.js webasm');
  const loops = tokenProducts(of.config, 'typed-array loop');
  try {
    const candidates = {
      ours: inCpuTime(ours.run),
      gpujs: inCpuTime(gpujs.run),
      loops: inCpuTime(loops.run),
    };
    const times = await medians(candidates, { rounds: 5, warmUps: 1 });
    const name = `${of.name}, one thread, ${buildNames.simd}`;
    return [
      row(name, { ours: times.ours, peer: times.gpujs }, 'GPU.js webasm, products alone'),
      row(name, { ours: times.ours, peer: times.loops }, 'typed-array loop, products alone'),
    ];
  } finally {
    await gpujs.dispose();
    await loops.dispose();
    ours.dispose();
  }
}

interface Times {
  readonly ours: number;
  readonly peer: number;
}

function row(name: string, { ours, peer }: Times, peerName: string): Measurement {
  return against({ name, value: ours, unit: 'ms' }, peerName, peer);
}

function inCpuTime(run: () => Promise<unknown>): Candidate {
  return async () => {
    await run();
    return undefined;
  };
}

function inPassedTime(run: () => Promise<unknown>): Candidate {
  return async () => {
    await setTimeout(calmMs);
    const started = performance.now();
    for (let n = 0; n < inARow; n++) await run();
    return (performance.now() - started) / inARow;
  };
}

/** Small enough that twelve blocks stay in the range of real models. */
function randomWeights(config: ModelConfig): Weights {
  const random = seeded(1);
  return new Map(
    [...expectedShapes(config)].map(([name, shape]) => {
      return [name, { shape, values: spread(random, elementCount(shape), 0.05) }];
    }),
  );
}

/** Tokens follow each other as in generation, */
const inARow = 5;
/** … and the threads of the one before have stopped to wait awake for more. */
const calmMs = 30;
