/** The engine's worker as a thread of the extension host. */
import { Worker } from 'node:worker_threads';
import type { WorkerPort } from './workerLink';

export interface ThreadOptions {
  /** The worker's bundle. */
  readonly script: string;
  /** What the worker is told at its start, see worker/nodeWorker.ts; the lab's is told more. */
  readonly workerData: {
    readonly kernels: string;
    readonly builtin: string;
    readonly tiny?: string;
    readonly corpora?: string;
    readonly threads?: number;
  };
  /** Where the worker's own output goes. */
  readonly log: (line: string) => void;
}

export function startThread(options: ThreadOptions): WorkerPort {
  const worker = new Worker(options.script, {
    workerData: options.workerData,
    stdout: true,
    stderr: true,
  });
  for (const stream of [worker.stdout, worker.stderr]) {
    stream.on('data', (chunk: Buffer) => options.log(chunk.toString().trimEnd()));
  }
  let why: string | undefined;
  worker.on('error', (error) => (why = error instanceof Error ? error.message : String(error)));
  return {
    post: (message) => {
      worker.postMessage(message);
    },
    onMessage: (listener) => void worker.on('message', listener),
    onGone: (listener) =>
      void worker.once('exit', (code) => {
        listener(why ?? `exit ${String(code)}`);
      }),
    kill: async () => {
      await worker.terminate();
    },
  };
}
