import type { DeviceName, GpuDeviceName } from '../../protocol/devices';
import { trainingWork } from '../../protocol/labDevices';
import type { RunForm } from '../../protocol/labForms';
import { chooseTrainingDevice } from '../chooseDevice';
import type { TrainingDevice } from '../devices/trainingDevice';
import { countParameters } from '../model/parameters';
import type { LabHost } from './labHost';
import type { RunData } from './runData';

/**
 * The device that a run is made or opened on: the one that its form names, else the one that is wished for. A GPU that
 * cannot be had now is no reason not to train: the run says where it computes.
 */
export async function openRunDevice(
  host: LabHost,
  form: RunForm,
  data: Pick<RunData, 'config'>,
): Promise<TrainingDevice> {
  const wanted = form.device ?? (await wishedFor(host, form, data));
  if (!isGpu(wanted)) return chooseTrainingDevice(host.engine, wanted);
  const found = await host.devices?.open(wanted).catch(() => undefined);
  return found ?? chooseTrainingDevice(host.engine, undefined);
}

/** The device for what is looked at beside the training, in this thread. */
export function deviceBeside(form: RunForm): DeviceName | undefined {
  return isGpu(form.device) ? undefined : form.device;
}

async function wishedFor(
  host: LabHost,
  { training }: RunForm,
  { config }: Pick<RunData, 'config'>,
): Promise<DeviceName | undefined> {
  const wish = await host.devices?.wish();
  const work = trainingWork(countParameters(config), training.batch * config.context);
  return work >= (wish?.leastWork ?? 0) ? wish?.device : undefined;
}

function isGpu(device: DeviceName | undefined): device is GpuDeviceName {
  return device === 'webgpu' || device === 'webgl2';
}
