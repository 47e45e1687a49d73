/** `Choose Device…`: every device with its speed on the model that is open, measured while the list is shown. */
import * as vscode from 'vscode';
import type { MeasuredDevice } from '../../protocol/devices';
import { fail, failureOf } from '../../protocol/failures';
import type { ModelLocation } from '../../protocol/models';
import { EngineLink } from '../engine/engineLink';
import type { WorkerPort } from '../engine/workerLink';
import type { EngineService } from '../engine/engineService';
import { failureSentence, t } from '../l10n';
import { settingsSection, type Settings } from '../settings';
import type { DeviceChoice } from './deviceChoice';
import {
  DeviceList,
  type DeviceChoiceName,
  type DeviceRow,
  type DeviceSetting,
  type MeasuredName,
} from './deviceList';
import type { GpuCarrier } from './gpuCarrier';

export interface DevicePickerOptions {
  readonly settings: Settings;
  readonly engine: EngineService;
  readonly choice: DeviceChoice;
  readonly carrier: GpuCarrier;
  readonly startThread: () => WorkerPort;
  readonly location: () => ModelLocation;
}

/** Shows the list, measures one device after another, and writes the person's choice into the settings. */
export async function pickDevice(options: DevicePickerOptions): Promise<void> {
  const stop = new AbortController();
  const pick = vscode.window.createQuickPick<DeviceRow>();
  const list = new DeviceList(pick, options);
  const chosen = new Promise<DeviceRow | undefined>((resolve) => {
    pick.onDidAccept(() => {
      resolve(pick.selectedItems[0]);
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
  if (picked?.choice !== undefined) await choose(options, picked.setting, picked.choice);
}

async function choose(
  { choice, engine }: DevicePickerOptions,
  setting: DeviceSetting,
  picked: DeviceChoiceName,
): Promise<void> {
  choice.forgive();
  const settings = vscode.workspace.getConfiguration(settingsSection);
  const before = settings.get<unknown>(setting);
  const inWorkspace = settings.inspect(setting)?.workspaceValue !== undefined;
  await settings.update(setting, picked, !inWorkspace);
  // What was chosen again may work by now.
  const isAgain = setting === 'device' && before === picked;
  if (isAgain && !choice.isInPlace && engine.model !== undefined) await engine.restart();
}

async function measureAll(
  options: DevicePickerOptions,
  list: DeviceList,
  signal: AbortSignal,
): Promise<void> {
  const speeds: MeasuredDevice[] = [];
  const measure = async (device: MeasuredName, start: () => WorkerPort): Promise<void> => {
    if (signal.aborted) return;
    const location = options.location();
    try {
      const measured = await measureDevice({ device, start, location, list }, signal);
      speeds.push(measured);
      list.trained(device, { state: 'measured', speed: measured.training });
    } catch (thrown) {
      list.failed(device, t('gpu.choose.failed', { why: failureSentence(failureOf(thrown)) }));
    }
  };
  await measure('wasm', options.startThread);
  await measure('reference', options.startThread);
  const adapters = signal.aborted ? [] : await options.carrier.open();
  for (const device of ['webgpu', 'webgl2'] as const) {
    const adapter = adapters?.find((candidate) => candidate.device === device);
    if (adapter === undefined) {
      list.failed(device, t('gpu.choose.noView'));
    } else if (adapter.kind === 'missing') {
      list.failed(device, t('gpu.choose.missing', { device }));
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
    readonly device: MeasuredName;
    readonly start: () => WorkerPort;
    readonly location: ModelLocation;
    readonly list: DeviceList;
  },
  signal: AbortSignal,
): Promise<MeasuredDevice> {
  const { device, location, list } = on;
  const link = new EngineLink(on.start(), { onHealth: () => undefined, onGone: () => undefined });
  try {
    await link.call('openModel', { location, device }, { signal });
    const speed = await link.call('measureDevice', { device }, { signal });
    list.found(device, { state: 'measured', speed });
    const training = await link.call('measureTraining', { speed }, { signal });
    return { ...speed, training };
  } finally {
    await link.close(fail('engine-stopped', {}));
  }
}
