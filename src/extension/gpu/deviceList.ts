/** The rows of `Choose Device…`, drawn anew with everything that is found: what runs the model, then what trains models. */
import * as vscode from 'vscode';
import type { DeviceSpeed, GpuAdapter, TrainingSpeed } from '../../protocol/devices';
import type { ModelInfo } from '../../protocol/models';
import { modelName } from '../editor/engineStatus';
import type { EngineService } from '../engine/engineService';
import { language, t } from '../l10n';
import type { Settings } from '../settings';
import { grouped } from '../tokens/numbers';
import type { DeviceChoice, MeasuredDevices } from './deviceChoice';
import type { GpuCarrier } from './gpuCarrier';

/** As in the settings. */
export type DeviceChoiceName = 'auto' | MeasuredName;
export type MeasuredName = 'wasm' | 'reference' | 'webgpu' | 'webgl2';
/** The setting that a row is for. */
export type DeviceSetting = 'device' | 'trainingDevice';

export interface DeviceRow extends vscode.QuickPickItem {
  readonly setting: DeviceSetting;
  /** Undefined for a heading. */
  readonly choice: DeviceChoiceName | undefined;
}

/** What is known of a device so far. */
type Finding<Speed> =
  | { readonly state: 'measuring' }
  | { readonly state: 'measured'; readonly speed: Speed }
  | { readonly state: 'unavailable'; readonly why: string };

export interface DeviceListOptions {
  readonly engine: EngineService;
  readonly choice: DeviceChoice;
  readonly carrier: GpuCarrier;
  readonly settings: Settings;
}

export class DeviceList {
  readonly #pick: vscode.QuickPick<DeviceRow>;
  readonly #options: DeviceListOptions;
  readonly #inference = new Map<MeasuredName, Finding<DeviceSpeed>>();
  /** Undefined for a model that is too large for its training to be tried out. */
  readonly #training = new Map<MeasuredName, Finding<TrainingSpeed | undefined>>();
  #ended = false;

  constructor(pick: vscode.QuickPick<DeviceRow>, options: DeviceListOptions) {
    this.#pick = pick;
    this.#options = options;
    pick.title = t('gpu.choose.title');
    // The GPU's view may come up meanwhile, and takes the focus for a moment.
    pick.ignoreFocusOut = true;
    pick.matchOnDetail = true;
    pick.busy = true;
    this.#draw();
  }

  found(device: MeasuredName, finding: Finding<DeviceSpeed>): void {
    this.#inference.set(device, finding);
    this.#draw();
  }

  trained(device: MeasuredName, finding: Finding<TrainingSpeed | undefined>): void {
    this.#training.set(device, finding);
    this.#draw();
  }

  /** What was found before stays: a device may run a model and not train it. */
  failed(device: MeasuredName, why: string): void {
    const failed = { state: 'unavailable', why } as const;
    if (!this.#inference.has(device)) this.#inference.set(device, failed);
    this.#training.set(device, failed);
    this.#draw();
  }

  end(): void {
    this.#ended = true;
    this.#draw();
  }

  #draw(): void {
    if (this.#ended) this.#pick.busy = false;
    const { model } = this.#options.engine;
    this.#pick.placeholder = t('gpu.choose.placeholder', { model: nameOf(model) });
    const active = this.#pick.activeItems[0];
    const items = [
      heading('device', t('gpu.choose.model')),
      this.#automatic(),
      ...devices.map((device) => this.#modelRow(device)),
      heading('trainingDevice', t('gpu.choose.training')),
      this.#automaticTraining(),
      ...devices.map((device) => this.#trainingRow(device)),
    ];
    this.#pick.items = items;
    // Drawing anew would take the mark from the row where the person is.
    this.#pick.activeItems = items.filter(
      ({ choice, setting }) =>
        choice !== undefined && choice === active?.choice && setting === active.setting,
    );
  }

  #automatic(): DeviceRow {
    const { measured } = this.#options.choice;
    const detail = measured === undefined ? t('gpu.choose.auto.unmeasured') : summary(measured);
    return { setting: 'device', choice: 'auto', label: t('gpu.choose.auto'), detail };
  }

  #modelRow(device: MeasuredName): DeviceRow {
    const inUse = this.#options.engine.model?.device === device ? t('gpu.choose.current') : '';
    const finding = this.#inference.get(device) ?? { state: 'measuring' };
    return {
      setting: 'device',
      choice: device,
      label: names[device](),
      description: [inUse, describe(finding, speedOf)].filter(Boolean).join(' · '),
      detail: finding.state === 'unavailable' ? finding.why : this.#nature(device, finding),
    };
  }

  #automaticTraining(): DeviceRow {
    const training = this.#options.choice.measured?.training;
    return {
      setting: 'trainingDevice',
      choice: 'auto',
      label: t('gpu.choose.training.row', { device: t('gpu.choose.auto') }),
      description: this.#chosen('auto'),
      detail:
        training === undefined
          ? t('gpu.choose.auto.unmeasured')
          : t('gpu.choose.training.auto', { device: names[training.device]() }),
    };
  }

  #trainingRow(device: MeasuredName): DeviceRow {
    const finding = this.#training.get(device) ?? { state: 'measuring' };
    return {
      setting: 'trainingDevice',
      choice: device,
      label: t('gpu.choose.training.row', { device: names[device]() }),
      description: [this.#chosen(device), describe(finding, trainingSpeedOf)]
        .filter(Boolean)
        .join(' · '),
      detail: finding.state === 'unavailable' ? finding.why : '',
    };
  }

  #chosen(device: DeviceChoiceName): string {
    const isChosen = this.#options.settings.get('trainingDevice') === device;
    return isChosen ? t('gpu.choose.chosen') : '';
  }

  #nature(device: MeasuredName, finding: Finding<DeviceSpeed>): string {
    if (device === 'reference') return t('gpu.choose.reference.detail');
    const adapter = this.#options.carrier.adapters?.find((one) => one.device === device);
    if (adapter !== undefined) return describeAdapter(adapter);
    if (finding.state !== 'measured' || finding.speed.threads === undefined) return '';
    return t('gpu.choose.wasm.detail', { threads: finding.speed.threads });
  }
}

const devices: readonly MeasuredName[] = ['wasm', 'reference', 'webgpu', 'webgl2'];

/** The two interfaces have names that are the same in every language. */
const names: Readonly<Record<MeasuredName, () => string>> = {
  wasm: () => t('gpu.choose.wasm'),
  reference: () => t('gpu.choose.reference'),
  webgpu: () => 'WebGPU',
  webgl2: () => 'WebGL 2',
};

function heading(setting: DeviceSetting, label: string): DeviceRow {
  return { setting, choice: undefined, label, kind: vscode.QuickPickItemKind.Separator };
}

function nameOf(model: ModelInfo | undefined): string {
  return model === undefined ? t('model.builtin') : modelName(model);
}

/** Which device is used, and whether it is the fastest in both kinds of work. */
function summary({ used, decode, prefill }: MeasuredDevices): string {
  const device = names[used]();
  if (decode === used && prefill === used) return t('gpu.choose.auto.both', { device });
  return t('gpu.choose.auto.measured', {
    device,
    decode: names[decode](),
    prefill: names[prefill](),
  });
}

function describeAdapter({ kind, name }: GpuAdapter): string {
  return kind === 'software'
    ? t('gpu.choose.software', { name })
    : t('gpu.choose.adapter', { name });
}

function describe<Speed>(finding: Finding<Speed>, speedOf: (speed: Speed) => string): string {
  switch (finding.state) {
    case 'measuring':
      return t('gpu.choose.measuring');
    case 'unavailable':
      return '';
    case 'measured':
      return speedOf(finding.speed);
  }
}

function speedOf({ decodeMs, prefillMs, prefillTokens }: DeviceSpeed): string {
  const [decode, prefill] = [perSecond(1, decodeMs), perSecond(prefillTokens, prefillMs)];
  return t('gpu.choose.speed', { decode, prefill });
}

function trainingSpeedOf(speed: TrainingSpeed | undefined): string {
  if (speed === undefined) return t('gpu.choose.training.tooLarge');
  const { tokens, ms } = speed;
  return t('gpu.choose.training.speed', { speed: perSecond(tokens, ms), tokens });
}

/** Two digits that count are as many as a short measurement is worth. */
function perSecond(tokens: number, ms: number): string {
  return grouped(Number(((tokens / ms) * 1000).toPrecision(2)), language());
}
