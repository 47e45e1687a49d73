/**
 * Entry of a worker in a page that has a GPU: an engine whose models are read through the extension and computed with
 * GPU.js. It ends when its page ends it, or says that it lost the GPU.
 */
import { serve } from '../worker/serve';
import type { Channel } from '../worker/wire';
import type { GpuWorkerMessage } from '../protocol/gpuPage';
import { messageBreath } from './breath';
import { makeGpuDevice } from './makeGpuDevice';
import { remoteFiles } from './remoteFiles';
import { fail } from '../protocol/failures';

type Listener = (message: unknown) => void;

const listeners = new Map<GpuWorkerMessage['channel'], Listener>();

self.onmessage = (event: MessageEvent<GpuWorkerMessage>) => {
  listeners.get(event.data.channel)?.(event.data.message);
};

serve(
  {
    host: {
      now: () => performance.now(),
      breathe: messageBreath(),
      wasmKernels: () =>
        Promise.reject(fail('device-unavailable', { device: 'wasm', why: 'GPU worker' })),
      gpu: (device) =>
        makeGpuDevice(device, (why) => {
          channelOf('lost').post(why, []);
        }),
    },
    ...remoteFiles(channelOf('files')),
  },
  channelOf('engine'),
);

function channelOf(channel: GpuWorkerMessage['channel']): Channel {
  return {
    post: (message, transfer) => {
      self.postMessage({ channel, message } satisfies GpuWorkerMessage, transfer);
    },
    listen: (listener) => {
      listeners.set(channel, listener);
    },
  };
}
