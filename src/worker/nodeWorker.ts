/**
 * Entry of the engine's worker thread. What nobody caught ends the thread, and its owner sees the exit: an engine that
 * went wrong in a way nobody foresaw does not go on answering.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { nodeParts, type NodePlaces } from './nodeHost';
import { serve } from './serve';

const port = parentPort;
if (port === null) throw new Error('This file is the entry of a worker thread.');

serve(nodeParts(placesOf(workerData)), {
  post: (message, transfer) => {
    port.postMessage(message, transfer);
  },
  listen: (listener) => {
    port.on('message', listener);
  },
});

function placesOf(data: unknown): NodePlaces {
  const places = data as Partial<NodePlaces> | undefined;
  if (typeof places?.kernels !== 'string' || typeof places.builtin !== 'string') {
    throw new Error('workerData is { kernels, builtin }: two paths.');
  }
  const { kernels, builtin, threads } = places;
  return { kernels, builtin, threads: typeof threads === 'number' ? threads : undefined };
}
