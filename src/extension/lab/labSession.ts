/** What the lab has open, and what its page is told of it: the same with VS Code and without. */
import type { LabClient, LabRunId, RunDescription, RunNews } from '../../protocol/labApi';
import type { LabPresets } from '../../protocol/labLessons';
import type {
  Experiment,
  ExperimentDescription,
  OpenExperiment,
} from '../../protocol/labExperiments';
import type { RunChange, RunForm } from '../../protocol/labForms';
import type { LabState, RunSlot } from '../../protocol/labPanelApi';
import type { Failure } from '../../protocol/failures';
import { Emitter } from '../emitter';

export interface LabSessionOptions {
  readonly client: LabClient;
  /** An empty new folder for a run or an experiment. */
  readonly newFolder: (kind: LabPlace) => Promise<string>;
  /** Another has taken the place of what lies in a folder. */
  readonly onReplaced: (kind: LabPlace, folder: string) => Promise<void>;
}

export type LabPlace = RunSlot | 'experiment';

/** Folders that are opened again after the window was reloaded. */
export type LabFolders = Partial<Record<LabPlace, string>>;

type Open = Pick<LabState, 'training' | 'helo' | 'experiment' | 'stopped'>;

const nothingOpen: Open = {
  training: undefined,
  helo: undefined,
  experiment: undefined,
  stopped: undefined,
};

export class LabSession {
  readonly #options: LabSessionOptions;
  readonly #news = new Emitter<LabState>();
  #presets: LabPresets | undefined;
  #open: Open = nothingOpen;

  readonly onState = this.#news.event;

  constructor(options: LabSessionOptions) {
    this.#options = options;
  }

  /** Everything that is open; starts the lab's worker when it does not run yet. */
  async state(): Promise<LabState> {
    this.#presets ??= await this.#options.client.presets({});
    return { ...this.#open, presets: this.#presets };
  }

  get folders(): LabFolders {
    const { training, helo, experiment } = this.#open;
    return {
      ...(training ? { training: training.folder } : {}),
      ...(helo ? { helo: helo.folder } : {}),
      ...(experiment ? { experiment: experiment.description.folder } : {}),
    };
  }

  async makeRun(slot: RunSlot, form: RunForm): Promise<RunDescription> {
    const { client, newFolder } = this.#options;
    const run = await client.createRun({ folder: await newFolder(slot), form });
    await this.#replace(slot, run);
    return run;
  }

  async openRun(slot: RunSlot, folder: string): Promise<RunDescription> {
    const run = await this.#options.client.openRun({ folder });
    await this.#replace(slot, run);
    return run;
  }

  async endRun(slot: RunSlot): Promise<void> {
    await this.#replace(slot, undefined);
  }

  async makeExperiment(experiment: Experiment): Promise<ExperimentDescription> {
    const { client, newFolder } = this.#options;
    const folder = await newFolder('experiment');
    const description = await client.createExperiment({ folder, experiment });
    await this.#replaceExperiment({ description, content: experiment });
    return description;
  }

  async openExperiment(folder: string): Promise<void> {
    await this.#replaceExperiment(await this.#options.client.openExperiment({ folder }));
  }

  async change(run: LabRunId, change: RunChange): Promise<RunDescription> {
    const description = await this.#options.client.change({ run, change });
    this.#describe(run, () => description);
    this.#tell();
    return description;
  }

  /** Keeps descriptions true, so that a page that is shown again starts from how things stand. */
  heard(run: LabRunId, news: RunNews): void {
    this.#describe(run, (known) => told(known, news));
  }

  /** The worker is gone, and with it everything that was open. */
  gone(failure: Failure): void {
    this.#open = { ...nothingOpen, stopped: failure };
    this.#tell();
  }

  /** Checkpoints everything that goes on; nothing is lost when the worker ends then. */
  async pauseAll(): Promise<void> {
    const { training, helo, experiment } = this.#open;
    const { client } = this.#options;
    await Promise.allSettled([
      training && client.pause({ run: training.run }),
      helo && client.pause({ run: helo.run }),
      experiment && client.pauseExperiment({ experiment: experiment.description.experiment }),
    ]);
  }

  dispose(): void {
    this.#news.dispose();
  }

  async #replace(slot: RunSlot, run: RunDescription | undefined): Promise<void> {
    const before = this.#open[slot];
    this.#set({ [slot]: run, stopped: undefined });
    if (before === undefined) return;
    const { client, onReplaced } = this.#options;
    // Closing pauses, and writes a checkpoint.
    await client.closeRun({ run: before.run });
    if (run !== undefined && run.folder !== before.folder) await onReplaced(slot, before.folder);
  }

  async #replaceExperiment(experiment: OpenExperiment): Promise<void> {
    const before = this.#open.experiment?.description;
    this.#set({ experiment, stopped: undefined });
    if (before === undefined) return;
    const { client, onReplaced } = this.#options;
    await client.closeExperiment({ experiment: before.experiment });
    await onReplaced('experiment', before.folder);
  }

  #describe(run: LabRunId, change: (known: RunDescription) => RunDescription): void {
    const { training, helo, experiment } = this.#open;
    const next = <Known extends RunDescription | undefined>(known: Known) =>
      known?.run === run ? change(known) : known;
    this.#open = {
      ...this.#open,
      training: next(training),
      helo: next(helo),
      experiment: experiment && {
        ...experiment,
        description: {
          ...experiment.description,
          baseline: next(experiment.description.baseline),
          twin: next(experiment.description.twin),
        },
      },
    };
  }

  #set(patch: Partial<Open>): void {
    this.#open = { ...this.#open, ...patch };
    this.#tell();
  }

  #tell(): void {
    if (this.#presets) this.#news.fire({ ...this.#open, presets: this.#presets });
  }
}

function told(known: RunDescription, news: RunNews): RunDescription {
  switch (news.kind) {
    case 'steps':
      return { ...known, step: news.steps.first + news.steps.nats.length - 1 };
    case 'snapshot':
      return { ...known, snapshots: [...known.snapshots, news.step] };
    case 'state':
      return { ...known, state: news.state };
    case 'moved': {
      const { step, device } = news;
      return { ...known, step, device, snapshots: known.snapshots.filter((kept) => kept <= step) };
    }
    case 'statistics':
    case 'validation':
    case 'sample':
    case 'saved':
      return known;
  }
}
