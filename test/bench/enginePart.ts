// The engine alone, in this process: what a trace and a generated token cost on each device.
import { Engine } from '../../src/engine/engine';
import type { DeviceName } from '../../src/protocol/devices';
import { greedySampling } from '../../src/protocol/sampling';
import { nodeParts } from '../../src/worker/nodeHost';
import { against, medians, type Measurement } from './measurement';
import { sampleText } from './sampleText';

const traceTokens = 64;
/** Prompt and generated tokens together stay inside the built-in model's context of 128. */
const promptTokens = 32;
const contextTokens = 128;

export async function enginePart(): Promise<readonly Measurement[]> {
  const wasm = await openEngine('wasm');
  const reference = await openEngine('reference');
  const { ids } = await wasm.tokenize({ text: sampleText() });
  const measurements = [
    ...(await traces({ wasm, reference }, ids.slice(0, traceTokens))),
    ...(await decodes({ wasm, reference }, ids)),
  ];
  await wasm.dispose();
  await reference.dispose();
  return measurements;
}

export async function openEngine(device: DeviceName): Promise<Engine> {
  const places = { kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' };
  const engine = new Engine(nodeParts(places));
  await engine.openModel({ location: { kind: 'builtin' }, device });
  return engine;
}

interface Engines {
  readonly wasm: Engine;
  readonly reference: Engine;
}

async function traces({ wasm, reference }: Engines, ids: Int32Array): Promise<Measurement[]> {
  const trace = (engine: Engine) => async () => {
    await engine.run({ ids });
    return undefined;
  };
  const times = await medians(
    { wasm: trace(wasm), reference: trace(reference) },
    { rounds: 11, warmUps: 3 },
  );
  const name = `trace of ${traceTokens} tokens, all activations`;
  return [against({ name, value: times.wasm, unit: 'ms' }, 'reference', times.reference)];
}

async function decodes({ wasm, reference }: Engines, ids: Int32Array): Promise<Measurement[]> {
  const prompt = ids.slice(0, promptTokens);
  const full = ids.slice(0, contextTokens);
  const rates = await medians(
    {
      wasm: () => decode(wasm, prompt, 64),
      // Slow by intention: fewer tokens give the same rate.
      reference: () => decode(reference, prompt, 8),
      full: () => decode(wasm, full, 16),
    },
    { rounds: 7, warmUps: 2 },
  );
  const name = 'decode inside the context, greedy';
  return [
    against({ name, value: rates.wasm, unit: 'tokens/s' }, 'reference', rates.reference),
    { name: 'decode with the context full (window moves)', value: rates.full, unit: 'tokens/s' },
  ];
}

/**
 * Tokens per second of CPU time. As in a session of stepping: each call brings the whole text, and the engine finds what
 * its cache can keep. The prompt is read before the clock starts.
 */
async function decode(engine: Engine, prompt: Int32Array, count: number): Promise<number> {
  let ids = prompt;
  const stop = { maxTokens: count + 1, stopStrings: [] };
  const step = async (): Promise<void> => {
    const promptLength = prompt.length;
    const token = await engine.step({ ids, promptLength, sampling: greedySampling, stop });
    ids = Int32Array.of(...ids, token.id);
  };
  await step();
  const start = process.cpuUsage();
  for (let n = 0; n < count; n++) await step();
  const { user, system } = process.cpuUsage(start);
  return (count * 1e6) / (user + system);
}
