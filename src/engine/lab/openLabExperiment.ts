import { fail } from '../../protocol/failures';
import type { ExperimentId } from '../../protocol/labApi';
import type { Experiment } from '../../protocol/labExperiments';
import { readJson } from '../files/readJson';
import type { Pace } from '../work';
import { checkExperiment } from './experimentFile';
import { LabExperiment } from './labExperiment';
import { textParts, type LabFiles, type LabFolder } from './labHost';
import type { LabRun } from './labRun';
import { createLabRun, openLabRun, type RunPlace } from './openLabRun';
import { sharedTokenizer } from './runData';
import { twinForm } from './twin';

/** Where an experiment is made or opened. */
export interface ExperimentPlace {
  readonly id: ExperimentId;
  readonly files: LabFiles;
  readonly folder: LabFolder;
  /** The place of one of its runs. */
  readonly runIn: (folder: LabFolder) => RunPlace;
}

const experimentFileName = 'experiment.json';

/** Throws `experiment-invalid`, `folder-taken`, and what making a run throws. */
export async function createLabExperiment(
  place: ExperimentPlace,
  given: Experiment,
  pace: Pace,
): Promise<LabExperiment> {
  const { files, folder } = place;
  const experiment = checkExperiment(given, folder.name);
  const { baseline, change } = experiment;
  const forms = [baseline, twinForm(baseline, change)] as const;
  if (!(await folder.isEmpty())) throw fail('folder-taken', { folder: folder.name });
  // Another vocabulary would be a second difference.
  const tokenizer = await sharedTokenizer({ files, pace }, forms);
  await folder.write(
    experimentFileName,
    textParts(`${JSON.stringify(experiment, undefined, 1)}\n`),
  );
  return both(place, experiment, (name) =>
    createLabRun(
      { ...runIn(place, name), tokenizer },
      name === 'baseline' ? forms[0] : forms[1],
      pace,
    ),
  );
}

/** Throws `file-missing` where no experiment is, `experiment-invalid`, and what opening a run throws. */
export async function openLabExperiment(
  place: ExperimentPlace,
  pace: Pace,
): Promise<LabExperiment> {
  const { folder } = place;
  const content = await readJson(folder, experimentFileName, 1 << 28);
  if (content === undefined) {
    throw fail('file-missing', { file: experimentFileName, folder: folder.name });
  }
  const experiment = checkExperiment(content, folder.name);
  return both(place, experiment, (name) => openLabRun(runIn(place, name), pace));
}

type TwinName = 'baseline' | 'twin';

function runIn({ folder, runIn: placeOf }: ExperimentPlace, name: TwinName): RunPlace {
  return placeOf(folder.folder(name));
}

/** Both runs, or none of them. */
async function both(
  { id, folder }: ExperimentPlace,
  experiment: Experiment,
  run: (name: TwinName) => Promise<LabRun>,
): Promise<LabExperiment> {
  const baseline = await run('baseline');
  try {
    return new LabExperiment({ id, experiment, folder, baseline, twin: await run('twin') });
  } catch (thrown) {
    await baseline.close();
    throw thrown;
  }
}
