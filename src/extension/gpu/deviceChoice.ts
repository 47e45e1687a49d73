/**
 * Where the model is computed: what the settings say, or without a word from them a GPU that was measured to be worth it,
 * as long as the view is there that lends it; WebAssembly otherwise.
 */
import * as v from 'valibot';
import type * as vscode from 'vscode';
import type {
  DeviceName,
  GpuAdapter,
  GpuDeviceName,
  MeasuredDevice,
  DeviceSpeed,
} from '../../protocol/devices';
import { trainingWork, type TrainingWish } from '../../protocol/labDevices';
import type { ModelLocation } from '../../protocol/models';
import type { WorkerPort } from '../engine/workerLink';
import type { Settings } from '../settings';
import type { GpuCarrier } from './gpuCarrier';

export interface DeviceChoiceOptions {
  readonly settings: Settings;
  readonly carrier: Pick<GpuCarrier, 'adapters' | 'start'>;
  /** Starts an engine in a thread. */
  readonly startThread: () => WorkerPort;
  readonly location: () => ModelLocation;
  /** What was measured on this computer. */
  readonly memory: vscode.Memento;
  readonly version: string;
}

/** By how much a GPU must be faster, in one of the two kinds of work, to be taken without being asked for. */
const worthIt = 1.5;
const memoryKey = 'measuredDevices';
const device = v.picklist(['wasm', 'webgpu', 'webgl2']);
const remembered = v.record(
  v.string(),
  v.object({
    used: device,
    decode: device,
    prefill: device,
    training: v.exactOptional(v.object({ device, leastWork: v.number() })),
  }),
);

/** What was measured for a model: the fastest device for each kind of work, and the one that does both. */
export type MeasuredDevices = v.InferOutput<typeof remembered>[string];

export class DeviceChoice {
  readonly #options: DeviceChoiceOptions;
  /** Where the engine of now was started. */
  #place: 'thread' | 'page' = 'thread';
  /** Devices that turned out not to work, until something changes. */
  readonly #refused = new Set<GpuDeviceName>();

  constructor(options: DeviceChoiceOptions) {
    this.#options = options;
  }

  /** Starts an engine where the device is that is wanted now. */
  start(): WorkerPort {
    const { carrier, startThread } = this.#options;
    this.#place = this.#gpu() === undefined ? 'thread' : 'page';
    return this.#place === 'page' ? carrier.start() : startThread();
  }

  /** What to ask the started engine for. */
  device(): DeviceName | undefined {
    if (this.#place === 'page') return this.#gpu();
    const wanted = this.#options.settings.get('device');
    return wanted === 'wasm' || wanted === 'reference' ? wanted : undefined;
  }

  /** Whether the engine of now runs where it should. */
  get isInPlace(): boolean {
    return (this.#gpu() === undefined ? 'thread' : 'page') === this.#place;
  }

  /** The GPU that the settings name while its view is closed. */
  get missing(): GpuDeviceName | undefined {
    const wanted = this.#options.settings.get('device');
    if (wanted !== 'webgpu' && wanted !== 'webgl2') return undefined;
    return this.#options.carrier.adapters === undefined ? wanted : undefined;
  }

  /** Whether a GPU may be wanted as soon as its view is there. */
  get mayWantGpu(): boolean {
    if (this.missing !== undefined) return true;
    if (this.#options.settings.get('device') !== 'auto') return false;
    return Object.values(this.#remembered()).some(({ used }) => used !== 'wasm');
  }

  /** It does not work: until `forgive`, something else is used. */
  refuse(device: GpuDeviceName): void {
    this.#refused.add(device);
  }

  forgive(): void {
    this.#refused.clear();
  }

  /**
   * Keeps which device was the fastest for the model of now, in each kind of work and for both: one engine holds the
   * model, its weights and what it has read, so that one device does both.
   */
  async remember(speeds: readonly MeasuredDevice[]): Promise<void> {
    const wasm = speeds.find(({ device }) => device === 'wasm');
    if (wasm === undefined) return;
    const gpus = speeds.filter((speed) => this.#isHardware(speed.device));
    const measured = {
      used: gpus.find((gpu) => isFaster(gpu, wasm))?.device ?? 'wasm',
      decode: fastest([wasm, ...gpus], ({ decodeMs }) => decodeMs),
      prefill: fastest(
        [wasm, ...gpus],
        ({ prefillMs, prefillTokens }) => prefillMs / prefillTokens,
      ),
      ...trainingOf(wasm, gpus),
    };
    const all = { ...this.#remembered(), [this.#key()]: measured };
    await this.#options.memory.update(memoryKey, all);
  }

  /** Where models are to be trained: what the settings name, or what was found for models of at least this size. */
  trainingWish(): TrainingWish {
    const wanted = this.#options.settings.get('trainingDevice');
    if (wanted !== 'auto') return { device: wanted };
    const training = this.measured?.training;
    // A view is not opened for what nobody asked for.
    if (training === undefined || !this.#isHardware(training.device)) return { device: undefined };
    return training;
  }

  /** What was found for the model of now; undefined while nothing was measured. */
  get measured(): MeasuredDevices | undefined {
    return this.#remembered()[this.#key()];
  }

  /** The GPU that is used when the settings leave it open, as measured. */
  get automatic(): GpuDeviceName | undefined {
    const used = this.measured?.used;
    return used === undefined ? undefined : gpuOf(used);
  }

  /** The GPU to compute on, if one is wanted and there. */
  #gpu(): GpuDeviceName | undefined {
    const wanted = this.#options.settings.get('device');
    const gpu = wanted === 'auto' ? this.automatic : gpuOf(wanted);
    const adapter = this.#adapter(gpu);
    if (adapter === undefined || adapter.kind === 'missing') return undefined;
    return this.#refused.has(adapter.device) ? undefined : adapter.device;
  }

  #adapter(device: DeviceName | undefined): GpuAdapter | undefined {
    return this.#options.carrier.adapters?.find((adapter) => adapter.device === device);
  }

  #isHardware(device: DeviceName): boolean {
    return this.#adapter(device)?.kind === 'hardware';
  }

  /** What a measurement holds for: the program, the computer's drivers, the model. */
  #key(): string {
    const { version, carrier, location } = this.#options;
    const names = carrier.adapters?.map(({ device, name }) => `${device} ${name}`) ?? [];
    return JSON.stringify([version, names, location()]);
  }

  #remembered(): Readonly<Record<string, MeasuredDevices>> {
    const parsed = v.safeParse(remembered, this.#options.memory.get<unknown>(memoryKey));
    return parsed.success ? parsed.output : {};
  }
}

/** Slower in neither kind of work, and clearly faster in one. */
export function isFaster(gpu: DeviceSpeed, cpu: DeviceSpeed): boolean {
  const decoding = cpu.decodeMs / gpu.decodeMs;
  const reading = cpu.prefillMs / cpu.prefillTokens / (gpu.prefillMs / gpu.prefillTokens);
  return Math.min(decoding, reading) >= 1 && Math.max(decoding, reading) >= worthIt;
}

/** Tokens a second count: a slow device may have been asked for fewer of them. */
function trainingOf(
  { training: onCpu }: MeasuredDevice,
  gpus: readonly MeasuredDevice[],
): Pick<MeasuredDevices, 'training'> {
  if (onCpu === undefined) return {};
  const msPerToken = ({ training }: MeasuredDevice): number =>
    training === undefined ? Infinity : training.ms / training.tokens;
  const best = gpus.toSorted((a, b) => msPerToken(a) - msPerToken(b))[0];
  const leastWork = trainingWork(onCpu.parameters, onCpu.tokens);
  const isWorthIt = best !== undefined && msPerToken(best) * worthIt <= onCpu.ms / onCpu.tokens;
  // What was measured on the GPU is worth it for steps of that size and above: small ones it does not fill.
  const device = isWorthIt ? (gpuOf(best.device) ?? 'wasm') : 'wasm';
  return { training: { device, leastWork } };
}

function fastest(speeds: readonly DeviceSpeed[], ms: (speed: DeviceSpeed) => number): DeviceName {
  return speeds.reduce((best, speed) => (ms(speed) < ms(best) ? speed : best)).device;
}

function gpuOf(device: DeviceName): GpuDeviceName | undefined {
  return device === 'webgpu' || device === 'webgl2' ? device : undefined;
}
