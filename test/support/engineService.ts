// The extension's engine service over the built worker, as the extension starts it.
import { resolve } from 'node:path';
import type { WorkerPort } from '../../src/extension/engine/workerLink';
import { EngineService } from '../../src/extension/engine/engineService';
import type { ModelWish } from '../../src/extension/engine/engineService';
import { startThread } from '../../src/extension/engine/threadPort';
import type { Failure } from '../../src/protocol/failures';

export interface StartedService {
  readonly service: EngineService;
  /** The workers that were started, in order. */
  readonly workers: readonly WorkerPort[];
  readonly fallbacks: readonly Failure[];
}

export function startService(
  wish: () => ModelWish = () => ({
    location: { kind: 'builtin' },
    device: undefined,
    weights: 'f32',
  }),
): StartedService {
  const workers: WorkerPort[] = [];
  const fallbacks: Failure[] = [];
  const service = new EngineService({
    start: () => {
      const worker = startThread({
        script: resolve('dist/worker.js'),
        workerData: {
          kernels: resolve('dist/kernels.wasm'),
          builtin: resolve('media/models/builtin'),
        },
        log: (line) => {
          console.error(line);
        },
      });
      workers.push(worker);
      return worker;
    },
    wish,
    onFallback: (failure) => {
      fallbacks.push(failure);
    },
  });
  return { service, workers, fallbacks };
}
