import { fail, type Failure } from '../../protocol/failures';
import type { RunNews } from '../../protocol/labApi';
import type { RunForm } from '../../protocol/labForms';
import { chooseTrainingDevice } from '../chooseDevice';
import { readCheckpoint } from '../training/checkpoint';
import type { Trainer } from '../training/trainer';
import type { LabFolder, LabHost } from './labHost';
import { planOf, type RunData } from './runData';
import { checkpointFileName } from './runFiles';
import type { RunLog } from './runLog';

interface MovedRun {
  readonly host: LabHost;
  readonly folder: LabFolder;
  readonly form: RunForm;
  readonly data: RunData;
  readonly trainer: Trainer;
  readonly log: RunLog;
  readonly tell: (news: RunNews) => void;
}

/**
 * Brings a run whose device is lost back to its last checkpoint, on a device of this thread. What it told of the steps
 * behind that is forgotten: they will be made again. Throws what reading the checkpoint throws.
 */
export async function moveRun(run: MovedRun, why: Failure): Promise<void> {
  const { host, folder, form, data, trainer, log, tell } = run;
  const source = await folder.open(checkpointFileName);
  if (source === undefined) {
    throw fail('file-missing', { file: checkpointFileName, folder: folder.name });
  }
  try {
    const from = await readCheckpoint(source, checkpointFileName);
    const lost = trainer.device;
    const device = await chooseTrainingDevice(host.engine, undefined);
    try {
      const plan = planOf(form, data.config);
      await trainer.move({ device, plan }, from, { breathe: () => host.engine.breathe() });
    } catch (thrown) {
      device.dispose();
      throw thrown;
    }
    lost.dispose();
    const { step } = trainer;
    await log.rewind(step);
    tell({ kind: 'moved', step, device: device.name, why });
  } finally {
    await source.close();
  }
}
