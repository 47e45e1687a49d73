// Whole models beside ONNX Runtime on the same weights: a token behind others, and a text at once.
import type { ModelConfig } from '../../../src/protocol/modelConfig';
import { elementCount } from '../../../src/engine/model/parameters';
import { expectedShapes } from '../../../src/engine/model/shapes';
import { seeded, spread } from '../../support/random';
import type { Tensor } from '../../support/safetensors';
import { against, medians, type Candidate, type Measurement } from '../measurement';
import { builtinShape } from '../trainingPart';
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

export async function modelRows({ native, web }: Runtimes): Promise<Measurement[]> {
  const small = { config: gpt2Small, weights: randomWeights(gpt2Small), rounds: 5 };
  const builtin = { config: builtinShape, weights: randomWeights(builtinShape), rounds: 31 };
  const token = { rows: 1, past: 64 };
  const behind = 'a token behind 64';
  return [
    ...(await besideOnnx({ ...builtin, ...token, name: `built-in shape: ${behind}` }, native)),
    ...(await besideOnnx({ ...small, ...token, name: `GPT-2 small: ${behind}` }, native)),
    ...(await withAllThreads({ ...small, ...token, name: `GPT-2 small: ${behind}` }, native)),
    ...(await besideProducts({ ...small, ...token, name: `GPT-2 small: ${behind}` })),
    ...(await besideWeb({ ...small, rows: 256, past: 0, name: 'GPT-2 small: 256 tokens' }, web)),
  ];
}

/** One thread each, in CPU time. */
async function besideOnnx(of: Case, runtime: OnnxRuntime): Promise<Measurement[]> {
  const times = await race(of, { runtime, on: 'cpu', threads: 1 });
  return [row(`${of.name}, one thread`, times, 'onnxruntime-node')];
}

async function besideWeb(of: Case, runtime: OnnxRuntime): Promise<Measurement[]> {
  const times = await race({ ...of, rounds: 3 }, { runtime, on: 'wasm', threads: 1 });
  return [row(`${of.name}, one thread`, times, 'onnxruntime-web')];
}

/** With threads the time that passes is what counts; both meet the same machine, however busy it is. */
async function withAllThreads(of: Case, runtime: OnnxRuntime): Promise<Measurement[]> {
  const times = await race({ ...of, rounds: 15 }, { runtime, on: 'cpu', threads: 0 });
  return [row(`${of.name}, all threads, time that passed`, times, 'onnxruntime-node')];
}

interface Opponent {
  readonly runtime: OnnxRuntime;
  readonly on: 'cpu' | 'wasm';
  /** 0 for all. */
  readonly threads: number;
}

interface Times {
  readonly ours: number;
  readonly peer: number;
}

async function race(of: Case, opponent: Opponent): Promise<Times> {
  const ours = await ourModel(of, opponent.threads);
  const peer = await onnxPass(of, { ...opponent, cache: await ours.cache() });
  try {
    checkClose(await ours.run(), await peer.run(), of.name);
    const timed = opponent.threads === 1 ? inCpuTime : inPassedTime;
    const candidates = { ours: timed(ours.run), peer: timed(peer.run) };
    return await medians(candidates, { rounds: of.rounds, warmUps: 2 });
  } finally {
    await peer.dispose();
    ours.dispose();
  }
}

/**
 * GPU.js and loops compute just the products of such a token, with weights that stay where they are: less than what
 * ours does, which is a whole token.
 */
async function besideProducts(of: Case): Promise<Measurement[]> {
  const ours = await ourModel(of, 1);
  const gpujs = tokenProducts(of.config, 'GPU.js webasm');
  const loops = tokenProducts(of.config, 'typed-array loop');
  try {
    const candidates = {
      ours: inCpuTime(ours.run),
      gpujs: inCpuTime(gpujs.run),
      loops: inCpuTime(loops.run),
    };
    const times = await medians(candidates, { rounds: of.rounds, warmUps: 1 });
    const name = `${of.name}, one thread`;
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
    const started = performance.now();
    await run();
    return performance.now() - started;
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
