/** Entry of the lab's worker thread: training goes on beside the engine that answers the editor. */
import { parentPort, workerData } from 'node:worker_threads';
import * as v from 'valibot';
import { nodeParts } from './nodeHost';
import { nodeLabFiles } from './nodeLabFiles';
import { serveLab } from './serveLab';

const port = parentPort;
if (port === null) throw new Error('This file is the entry of a worker thread.');

const places = v.parse(
  v.object({
    /** See `NodePlaces`. */
    kernels: v.string(),
    builtin: v.string(),
    /** Folders of the tiny model and of the ready grammars. */
    tiny: v.string(),
    corpora: v.string(),
    threads: v.optional(v.number()),
  }),
  workerData,
);

serveLab(
  { engine: nodeParts(places).host, files: nodeLabFiles(places) },
  {
    post: (message, transfer) => {
      port.postMessage(message, transfer);
    },
    listen: (listener) => {
      port.on('message', listener);
    },
  },
);
