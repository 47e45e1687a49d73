/**
 * Entry of a worker in a page that has a GPU: an engine whose models are read through the extension and computed with
 * GPU.js; or a device for a model that is trained elsewhere. It ends when its page ends it, or says that it lost the GPU.
 */
import { serve } from '../worker/serve';
import type { Channel } from '../worker/wire';
import type { GpuWorkerMessage } from '../protocol/gpuPage';
import { messageBreath } from './breath';
import { makeGpuDevice, makeGpuTrainingDevice } from './makeGpuDevice';
import { remoteFiles } from './remoteFiles';
import { serveDevice } from './serveDevice';
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
      gpu: (device) => makeGpuDevice(device, lost),
      gpuTraining: (device) => makeGpuTrainingDevice(device, lost),
    },
    ...remoteFiles(channelOf('files')),
  },
  channelOf('engine'),
);

serveDevice(channelOf('device'), (device) => makeGpuTrainingDevice(device, lost));

function lost(why: string): void {
  channelOf('lost').post(why, []);
}

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
