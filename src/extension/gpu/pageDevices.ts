/** Devices in the GPU's page, for the lab's worker: a model that is trained is sent there as operations, many at once. */
import * as vscode from 'vscode';
import type { DeviceName, GpuDeviceName } from '../../protocol/devices';
import { fail, failureOf } from '../../protocol/failures';
import type { LabDevicesWire, TrainingWish } from '../../protocol/labDevices';
import type { RemoteCall, RemoteDeviceApi } from '../../protocol/remoteDevice';
import { WorkerLink } from '../engine/workerLink';
import { failureSentence, t } from '../l10n';
import type { Notices } from '../notices';
import { outcomeOf } from '../webviews/outcome';
import type { GpuCarrier } from './gpuCarrier';

export interface PageDevicesOptions {
  readonly carrier: Pick<GpuCarrier, 'open' | 'startDevice' | 'tell'>;
  readonly wish: () => TrainingWish;
  readonly notices: Notices;
}

interface OpenDevice {
  readonly name: GpuDeviceName;
  readonly link: WorkerLink<RemoteDeviceApi, object>;
}

export class PageDevices {
  readonly wire: LabDevicesWire;
  readonly #options: PageDevicesOptions;
  readonly #open = new Map<number, OpenDevice>();
  #last = 0;

  constructor(options: PageDevicesOptions) {
    this.#options = options;
    this.wire = {
      trainingWish: () => Promise.resolve(options.wish()),
      openDevice: (device) => outcomeOf(this.#openDevice(device)),
      runDevice: (device, calls) => outcomeOf(this.#run(device, calls)),
      closeDevice: (device) => {
        this.#close(device);
      },
    };
  }

  dispose(): void {
    this.closeAll();
  }

  /** Who opened them is gone. */
  closeAll(): void {
    for (const device of [...this.#open.keys()]) this.#close(device);
  }

  async #openDevice(name: GpuDeviceName): Promise<number> {
    const { carrier, notices } = this.#options;
    try {
      const adapters = await carrier.open();
      const adapter = adapters?.find(({ device }) => device === name);
      if (adapter === undefined || adapter.kind === 'missing') {
        const why = adapters === undefined ? t('gpu.choose.noView') : t('gpu.adapter.missing');
        throw fail('device-unavailable', { device: name, why });
      }
      return await this.#start(name);
    } catch (thrown) {
      const why = failureSentence(failureOf(thrown));
      notices.log.warn(why);
      void vscode.window.showWarningMessage(t('gpu.notTraining', { why }));
      throw thrown;
    }
  }

  async #start(name: GpuDeviceName): Promise<number> {
    const { carrier } = this.#options;
    const id = ++this.#last;
    const link = new WorkerLink<RemoteDeviceApi, object>(carrier.startDevice(), {}, () => {
      this.#forget(id);
    });
    this.#open.set(id, { name, link });
    try {
      await link.call('open', { device: name });
      carrier.tell({ training: this.#names() });
      return id;
    } catch (thrown) {
      this.#close(id);
      throw thrown;
    }
  }

  async #run(id: number, calls: readonly RemoteCall[]): Promise<Float32Array[]> {
    const open = this.#open.get(id);
    if (open === undefined) throw fail('engine-stopped', {});
    return open.link.call('run', { calls });
  }

  #close(id: number): void {
    const link = this.#open.get(id)?.link;
    this.#forget(id);
    void link?.close(fail('engine-stopped', {}));
  }

  #forget(id: number): void {
    this.#open.delete(id);
    this.#options.carrier.tell({ training: this.#names() });
  }

  #names(): readonly DeviceName[] {
    return [...new Set([...this.#open.values()].map(({ name }) => name))];
  }
}
