import { fail } from '../../protocol/failures';
import type { LabRunId, RunNews } from '../../protocol/labApi';
import type { RunForm } from '../../protocol/labForms';
import { writeConfig } from '../files/configWriter';
import { readText } from '../files/readJson';
import { readCheckpoint, weightsFile, type Checkpoint } from '../training/checkpoint';
import { Trainer } from '../training/trainer';
import type { Pace } from '../work';
import { checkForm } from './formSchema';
import { textParts, type LabFolder, type LabHost } from './labHost';
import { LabRun } from './labRun';
import { planOf, prepareData, type RunData } from './runData';
import { openRunDevice } from './runDevice';
import {
  checkpointFileName,
  readRun,
  snapshotFile,
  tokenizerFileName,
  writeRun,
  type RunRecord,
} from './runFiles';
import { RunLog } from './runLog';

/** Where a run is made or opened, and who is told about it. */
export interface RunPlace {
  readonly host: LabHost;
  readonly folder: LabFolder;
  readonly id: LabRunId;
  readonly tell: (news: RunNews) => void;
  /** Content of a tokenizer.json in place of what the form would make. */
  readonly tokenizer?: string | undefined;
}

/**
 * A new run in an empty folder, with its first checkpoint and the weights it starts from. Throws `folder-taken`, and
 * whatever is wrong with the form, its corpora or its tokenizer.
 */
export async function createLabRun(place: RunPlace, form: RunForm, pace: Pace): Promise<LabRun> {
  const checked = checkForm(form);
  const { folder, host } = place;
  if (!(await folder.isEmpty())) throw fail('folder-taken', { folder: folder.name });
  const data = await prepareData({ files: host.files, pace }, checked, place.tokenizer);
  const record = { form: checked, changes: [] };
  const trainer = await newTrainer(place, { record, data, from: undefined }, pace);
  try {
    await writeRun(folder, record);
    await folder.write(tokenizerFileName, textParts(data.json));
    await folder.write('config.json', textParts(writeConfig(data.config)));
    await folder.write(snapshotFile(0), weightsFile(trainer.content()).parts);
    const log = new RunLog(folder);
    log.add({ kind: 'snapshot', step: 0 });
    const run = new LabRun({ ...place, ...record, data, trainer, log });
    await run.reporter.save();
    return run;
  } catch (thrown) {
    trainer.dispose();
    trainer.device.dispose();
    throw thrown;
  }
}

/** The run in a folder where its last checkpoint left it. Throws `file-missing`, `checkpoint-foreign` and others. */
export async function openLabRun(place: RunPlace, pace: Pace): Promise<LabRun> {
  const { folder, host } = place;
  const record = await readRun(folder);
  const json = await readText(folder, tokenizerFileName, 1 << 27);
  const source = await folder.open(checkpointFileName);
  if (source === undefined) {
    throw fail('file-missing', { file: checkpointFileName, folder: folder.name });
  }
  try {
    const from = await readCheckpoint(source, checkpointFileName);
    const data = await prepareData({ files: host.files, pace }, record.form, json);
    const trainer = await newTrainer(place, { record, data, from }, pace);
    const log = await RunLog.read(folder, trainer.step);
    return new LabRun({ ...place, ...record, data, trainer, log });
  } finally {
    await source.close();
  }
}

async function newTrainer(
  { host }: RunPlace,
  run: {
    readonly record: RunRecord;
    readonly data: RunData;
    readonly from: Checkpoint | undefined;
  },
  pace: Pace,
): Promise<Trainer> {
  const { record, data, from } = run;
  const device = await openRunDevice(host, record.form, data);
  try {
    const plan = planOf(record.form, data.config);
    const { then } = data;
    const options = { breathe: pace.pause, signal: pace.signal, from, then };
    return await Trainer.create({ device, plan }, data.corpora, options);
  } catch (thrown) {
    device.dispose();
    throw thrown;
  }
}
