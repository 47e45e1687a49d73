// What is run inside a browser, where GPUs are: a device that a model in Node is trained on.
import { BatchPlayer } from '../../src/engine/devices/remote/batchPlayer';
import { GpujsLauncher } from '../../src/gpu/gpujsLauncher';
import { GpuTrainingDevice } from '../../src/engine/devices/gpu/gpuTrainingDevice';
import { checkTraining } from '../../src/engine/training/checkTraining';
import type { GpuAdapter } from '../../src/protocol/devices';
import type { RemoteCall } from '../../src/protocol/remoteDevice';
import { findAdapters } from '../../webview/gpu/adapters';
import { packed, unpacked } from '../support/packedCalls';
import type { BrowserBackend } from './backendPage';

export interface TrainingPage {
  adapters(): Promise<readonly GpuAdapter[]>;
  /** What is wrong with the numbers of a backend in training; undefined when nothing is. */
  check(backend: BrowserBackend): Promise<string | undefined>;
  open(backend: BrowserBackend): void;
  /** `RemoteCall`s and what was read, in texts. */
  play(calls: string): Promise<string>;
  /** Takes the GPU away as a driver does. */
  lose(): Promise<void>;
}

let player: BatchPlayer | undefined;
let launcher: GpujsLauncher | undefined;

interface OnDevice {
  readonly result: {
    readonly context: WebGL2RenderingContext | { readonly device: { destroy(): void } };
  };
}

const page: TrainingPage = {
  adapters: findAdapters,

  async check(backend) {
    const checked = new GpuTrainingDevice(new GpujsLauncher(backend));
    const found = await checkTraining(checked);
    checked.dispose();
    return found;
  },

  open(backend) {
    launcher = new GpujsLauncher(backend);
    player = new BatchPlayer(new GpuTrainingDevice(launcher));
  },

  async play(calls) {
    return packed(await player?.play(unpacked(calls) as RemoteCall[]));
  },

  async lose() {
    // What a handle holds is the launcher's business, and this test takes it from under its feet.
    const handle = (await launcher?.upload(new Float32Array(1))) as unknown as OnDevice;
    const { context } = handle.result;
    if (context instanceof WebGL2RenderingContext) {
      context.getExtension('WEBGL_lose_context')?.loseContext();
    } else context.device.destroy();
  },
};

Object.assign(globalThis, { page });
