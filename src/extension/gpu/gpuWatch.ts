/** Keeps the engine where it should run while the GPU's view comes and goes, and says so when that is not where asked. */
import * as vscode from 'vscode';
import type { Health } from '../../protocol/health';
import type { EngineService } from '../engine/engineService';
import { failureSentence, t } from '../l10n';
import type { Notices } from '../notices';
import type { DeviceChoice } from './deviceChoice';
import type { GpuCarrier } from './gpuCarrier';

export interface GpuWatchOptions {
  readonly engine: EngineService;
  readonly devices: DeviceChoice;
  readonly carrier: GpuCarrier;
  readonly notices: Notices;
}

export class GpuWatch {
  readonly #options: GpuWatchOptions;
  readonly #owned: { dispose(): void }[];
  #toldOfMissing = false;

  constructor(options: GpuWatchOptions) {
    this.#options = options;
    const { engine, carrier, devices } = options;
    this.#owned = [
      carrier.onChange(() => {
        // A new page is a new chance for what did not work in the one of before.
        if (carrier.adapters !== undefined) devices.forgive();
        void this.#settle();
      }),
      engine.onHealth((health) => {
        this.#healthChanged(health);
      }),
      engine.onModel((model) => {
        const onPage = model?.device === 'webgpu' || model?.device === 'webgl2';
        carrier.tell({ device: onPage ? model.device : undefined });
        if (model !== undefined) this.#tellOfMissing();
      }),
    ];
    // A window that had the view before its reload opens it again by itself once it may be there.
    if (devices.mayWantGpu) void carrier.offer();
  }

  /** The settings name another device: starts the engine elsewhere if need be, else does what is given. */
  async deviceChanged(stay: () => Promise<void>): Promise<void> {
    const { devices, engine, carrier } = this.#options;
    devices.forgive();
    this.#toldOfMissing = false;
    if (devices.missing !== undefined && (await carrier.open()) === undefined)
      this.#tellOfMissing();
    if (engine.model === undefined) return;
    await (devices.isInPlace ? stay() : engine.restart());
  }

  dispose(): void {
    for (const owned of this.#owned) owned.dispose();
  }

  /** The page came, or it went and took the engine along: the next request finds another one either way. */
  async #settle(): Promise<void> {
    const { devices, engine, notices } = this.#options;
    if (devices.isInPlace || engine.health.state === 'stopped') return;
    await notices.guard(() => engine.restart());
  }

  #healthChanged(health: Health): void {
    if (health.state !== 'failed') return;
    const { devices, engine, notices } = this.#options;
    const device = devices.device();
    if (device !== 'webgpu' && device !== 'webgl2') return;
    const { failure } = health;
    // What a model cannot be opened for otherwise has nothing to do with where it is computed.
    if (failure.code !== 'device-unavailable' && failure.code !== 'engine-crashed') return;
    const why = failure.code === 'engine-crashed' ? failure.details.why : failureSentence(failure);
    devices.refuse(device);
    notices.log.warn(why);
    void vscode.window.showWarningMessage(t('gpu.lost', { why }));
    void notices.guard(() => engine.restart());
  }

  #tellOfMissing(): void {
    const { devices, carrier, notices } = this.#options;
    const device = devices.missing;
    if (device === undefined || this.#toldOfMissing) return;
    this.#toldOfMissing = true;
    const open = t('gpu.openView');
    void vscode.window.showWarningMessage(t('gpu.needsView', { device }), open).then((chosen) => {
      if (chosen === open) void notices.guard(() => carrier.open().then(() => undefined));
    });
  }
}
