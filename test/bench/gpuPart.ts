// GPU.js on each of its backends: what a launch costs, and the built-in model's shape with random weights.
import { GpuTrainingDevice } from '../../src/engine/devices/gpu/gpuTrainingDevice';
import { ReferenceTrainingDevice } from '../../src/engine/devices/reference/referenceTrainingDevice';
import { createWasmTrainingDevice } from '../../src/engine/devices/wasm/wasmTrainingDevice';
import { GpujsLauncher } from '../../src/gpu/gpujsLauncher';
import type { PageTests } from '../gpu/backendPage';
import { openGpuPage } from '../gpu/browser';
import { gpuTimes, type GpuTimes } from '../gpu/gpuTimes';
import { wasmKernels } from '../support/wasmKernels';
import { against, type Measurement } from './measurement';
import { builtinShape } from './trainingPart';

declare const tests: PageTests;

export async function gpuPart(): Promise<readonly Measurement[]> {
  const wasm = await gpuTimes(createWasmTrainingDevice(wasmKernels), builtinShape);
  const reference = await gpuTimes(new ReferenceTrainingDevice(), builtinShape);
  const measured: Measurement[] = [launch('wasm', wasm), ...rows('reference', reference, wasm)];
  for (const backend of ['cpu', 'webasm'] as const) {
    const device = new GpuTrainingDevice(new GpujsLauncher(backend));
    measured.push(...rows(`GPU.js ${backend} in Node`, await gpuTimes(device, builtinShape), wasm));
    device.dispose();
  }
  const opened = await openGpuPage('test/gpu/backendPage.ts');
  try {
    for (const { device, name, kind } of await opened.page.evaluate(() => tests.adapters())) {
      if (kind === 'missing') continue;
      const times = await opened.page.evaluate(
        ([backend, config]) => tests.times(backend, config),
        [device, builtinShape] as const,
      );
      measured.push(...rows(`GPU.js ${device} on ${name} (${kind})`, times, wasm));
    }
  } finally {
    await opened.close();
  }
  return measured;
}

function rows(where: string, times: GpuTimes, wasm: GpuTimes): Measurement[] {
  return [
    launch(where, times),
    against(
      { name: `${where}: a token behind 63`, value: times.decodeMs, unit: 'ms' },
      'wasm',
      wasm.decodeMs,
    ),
    against(
      { name: `${where}: a text of 64 tokens`, value: times.prefillMs, unit: 'ms' },
      'wasm',
      wasm.prefillMs,
    ),
    against(
      { name: `${where}: a training step of 32 tokens`, value: times.trainingMs, unit: 'ms' },
      'wasm',
      wasm.trainingMs,
    ),
  ];
}

function launch(where: string, { launchUs }: GpuTimes): Measurement {
  return { name: `${where}: a launch`, value: launchUs / 1000, unit: 'ms' };
}
