/** Entry of a thread that helps the engine to compute. It ends when the device it helps is disposed. */
import { workerData } from 'node:worker_threads';
import { runHelper, type HelperStart } from '../engine/devices/wasm/threads/helper';

// Posted by nodeThreads.ts, whose types say so.
runHelper(workerData as HelperStart);
