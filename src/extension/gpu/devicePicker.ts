/** `Choose Device…`: every device with its speed on the model that is open, measured while the list is shown. */
import * as vscode from 'vscode';
import type { DeviceName, DeviceSpeed, GpuAdapter } from '../../protocol/devices';
import { fail, failureOf } from '../../protocol/failures';
import type { ModelInfo, ModelLocation } from '../../protocol/models';
import { modelName } from '../editor/engineStatus';
import { EngineLink } from '../engine/engineLink';
import type { WorkerPort } from '../engine/workerLink';
import type { EngineService } from '../engine/engineService';
import { failureSentence, language, t } from '../l10n';
import { settingsSection } from '../settings';
import { grouped } from '../tokens/numbers';
import type { DeviceChoice } from './deviceChoice';
import type { GpuCarrier } from './gpuCarrier';

export interface DevicePickerOptions {
  readonly engine: EngineService;
  readonly choice: DeviceChoice;
  readonly carrier: GpuCarrier;
  readonly startThread: () => WorkerPort;
  readonly location: () => ModelLocation;
}

type Choice = 'auto' | 'wasm' | 'reference' | 'webgpu' | 'webgl2';

interface DeviceItem extends vscode.QuickPickItem {
  readonly choice: Choice;
}

/** What is known of a device so far. */
type Finding =
  | { readonly state: 'measuring' }
  | { readonly state: 'measured'; readonly speed: DeviceSpeed }
  | { readonly state: 'unavailable'; readonly why: string };

/** Shows the list, measures one device after another, and writes the person's choice into the settings. */
export async function pickDevice(options: DevicePickerOptions): Promise<void> {
  const { engine, choice } = options;
  const stop = new AbortController();
  const pick = vscode.window.createQuickPick<DeviceItem>();
  const list = new DeviceList(pick, options);
  const chosen = new Promise<Choice | undefined>((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]?.choice);
    });
    pick.onDidHide(() => {
      resolve(undefined);
    });
  });
  pick.show();
  const measured = measureAll(options, list, stop.signal);
  const picked = await chosen;
  stop.abort();
  pick.dispose();
  await measured;
  if (picked === undefined) return;
  choice.forgive();
  const settings = vscode.workspace.getConfiguration(settingsSection);
  const before = settings.get<unknown>('device');
  const inWorkspace = settings.inspect('device')?.workspaceValue !== undefined;
  await settings.update('device', picked, !inWorkspace);
  // What was chosen again may work by now.
  if (before === picked && !choice.isInPlace && engine.model !== undefined) await engine.restart();
}

async function measureAll(
  options: DevicePickerOptions,
  list: DeviceList,
  signal: AbortSignal,
): Promise<void> {
  const speeds: DeviceSpeed[] = [];
  const measure = async (device: DeviceName & Choice, start: () => WorkerPort): Promise<void> => {
    if (signal.aborted) return;
    try {
      const speed = await measureDevice({ device, start, location: options.location() }, signal);
      speeds.push(speed);
      list.found(device, { state: 'measured', speed });
    } catch (thrown) {
      const why = t('gpu.choose.failed', { why: failureSentence(failureOf(thrown)) });
      list.found(device, { state: 'unavailable', why });
    }
  };
  await measure('wasm', options.startThread);
  await measure('reference', options.startThread);
  const adapters = signal.aborted ? [] : await options.carrier.open();
  for (const device of ['webgpu', 'webgl2'] as const) {
    const adapter = adapters?.find((candidate) => candidate.device === device);
    if (adapter === undefined) {
      list.found(device, { state: 'unavailable', why: t('gpu.choose.noView') });
    } else if (adapter.kind === 'missing') {
      list.found(device, { state: 'unavailable', why: t('gpu.choose.missing', { device }) });
    } else {
      await measure(device, () => options.carrier.start());
    }
  }
  // Half a comparison would forget what a whole one found.
  if (!signal.aborted) await options.choice.remember(speeds);
  list.end();
}

/** An engine of its own measures, so that the one in use, and what it keeps, stay as they are. */
async function measureDevice(
  on: {
    readonly device: DeviceName;
    readonly start: () => WorkerPort;
    readonly location: ModelLocation;
  },
  signal: AbortSignal,
): Promise<DeviceSpeed> {
  const { device, location } = on;
  const link = new EngineLink(on.start(), { onHealth: () => undefined, onGone: () => undefined });
  try {
    await link.call('openModel', { location, device }, { signal });
    return await link.call('measureDevice', { device }, { signal });
  } finally {
    await link.close(fail('engine-stopped', {}));
  }
}

/** The rows of the list, drawn anew with everything that is found. */
class DeviceList {
  readonly #pick: vscode.QuickPick<DeviceItem>;
  readonly #options: DevicePickerOptions;
  readonly #findings = new Map<Choice, Finding>();
  #ended = false;

  constructor(pick: vscode.QuickPick<DeviceItem>, options: DevicePickerOptions) {
    this.#pick = pick;
    this.#options = options;
    pick.title = t('gpu.choose.title');
    // The GPU's view may come up meanwhile, and takes the focus for a moment.
    pick.ignoreFocusOut = true;
    pick.matchOnDetail = true;
    pick.busy = true;
    this.#draw();
  }

  found(device: Choice, finding: Finding): void {
    this.#findings.set(device, finding);
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
    const active = this.#pick.activeItems[0]?.choice;
    const items = choices.map((choice) => this.#item(choice));
    this.#pick.items = items;
    // Drawing anew would take the mark from the row where the person is.
    this.#pick.activeItems = items.filter(({ choice }) => choice === active);
  }

  #item(choice: Choice): DeviceItem {
    const { engine, choice: devices } = this.#options;
    if (choice === 'auto') {
      const { measured } = devices;
      const detail =
        measured === undefined
          ? t('gpu.choose.auto.unmeasured')
          : t('gpu.choose.auto.measured', {
              device: names[measured.used](),
              decode: names[measured.decode](),
              prefill: names[measured.prefill](),
            });
      return { choice, label: t('gpu.choose.auto'), detail };
    }
    const inUse = engine.model?.device === choice ? t('gpu.choose.current') : '';
    const finding = this.#findings.get(choice) ?? { state: 'measuring' };
    const speed = describeFinding(finding);
    return {
      choice,
      label: names[choice](),
      description: [inUse, speed].filter(Boolean).join(' · '),
      detail: finding.state === 'unavailable' ? finding.why : this.#nature(choice, finding),
    };
  }

  #nature(choice: Exclude<Choice, 'auto'>, finding: Finding): string {
    if (choice === 'reference') return t('gpu.choose.reference.detail');
    const adapter = this.#options.carrier.adapters?.find(({ device }) => device === choice);
    if (adapter !== undefined) return describeAdapter(adapter);
    if (finding.state !== 'measured' || finding.speed.threads === undefined) return '';
    return t('gpu.choose.wasm.detail', { threads: finding.speed.threads });
  }
}

const choices: readonly Choice[] = ['auto', 'wasm', 'reference', 'webgpu', 'webgl2'];

/** The two interfaces have names that are the same in every language. */
const names: Readonly<Record<Exclude<Choice, 'auto'>, () => string>> = {
  wasm: () => t('gpu.choose.wasm'),
  reference: () => t('gpu.choose.reference'),
  webgpu: () => 'WebGPU',
  webgl2: () => 'WebGL 2',
};

function nameOf(model: ModelInfo | undefined): string {
  return model === undefined ? t('model.builtin') : modelName(model);
}

function describeAdapter({ kind, name }: GpuAdapter): string {
  return kind === 'software'
    ? t('gpu.choose.software', { name })
    : t('gpu.choose.adapter', { name });
}

function describeFinding(finding: Finding): string {
  switch (finding.state) {
    case 'measuring':
      return t('gpu.choose.measuring');
    case 'unavailable':
      return '';
    case 'measured': {
      const { decodeMs, prefillMs, prefillTokens } = finding.speed;
      return t('gpu.choose.speed', {
        decode: perSecond(1, decodeMs),
        prefill: perSecond(prefillTokens, prefillMs),
      });
    }
  }
}

/** Two digits that count are as many as a short measurement is worth. */
function perSecond(tokens: number, ms: number): string {
  return grouped(Number(((tokens / ms) * 1000).toPrecision(2)), language());
}
