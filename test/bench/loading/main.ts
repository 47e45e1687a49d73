// A process of its own that loads a model folder and says what that took: other measurements would disturb the peak.
import { Engine } from '../../../src/engine/engine';
import { nodeParts } from '../../../src/worker/nodeHost';

/** What the process prints, as JSON. */
export interface LoadingFigures {
  readonly cpuMs: number;
  readonly passedMs: number;
  /** Bytes that the process held at most, beyond what it held before. */
  readonly peakBytes: number;
  readonly weightBytes: number;
  /** Until a cancelled loading had ended. */
  readonly cancelMs: number;
}

const [folder = ''] = process.argv.slice(2);
const engine = new Engine(
  nodeParts({ kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' }),
);
const before = process.memoryUsage.rss();
const [cpu, started] = [process.cpuUsage(), performance.now()];
const { weightBytes } = await engine.openModel({ location: { kind: 'folder', folder } });
const passedMs = performance.now() - started;
const { user, system } = process.cpuUsage(cpu);
const peakBytes = process.resourceUsage().maxRSS * 1024 - before;
await engine.dispose();
const cancelMs = await cancelled();
const figures: LoadingFigures = {
  cpuMs: (user + system) / 1000,
  passedMs,
  peakBytes,
  weightBytes,
  cancelMs,
};
console.log(JSON.stringify(figures));

/** Cancels in the middle of the weights. */
async function cancelled(): Promise<number> {
  const controller = new AbortController();
  let at = 0;
  const loading = engine.openModel(
    { location: { kind: 'folder', folder } },
    {
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        if (at > 0 || done < total / 2) return;
        at = performance.now();
        controller.abort();
      },
    },
  );
  try {
    await loading;
  } catch {
    return performance.now() - at;
  }
  throw new Error('the loading was not cancelled');
}
