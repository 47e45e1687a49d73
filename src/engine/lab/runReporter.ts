import type { RunNews } from '../../protocol/labApi';
import type { Validation } from '../../protocol/labExperiments';
import type { RunForm } from '../../protocol/labForms';
import { checkpointFile, weightsFile } from '../training/checkpoint';
import type { Trainer } from '../training/trainer';
import { Pace } from '../work';
import type { LabFolder, LabHost } from './labHost';
import type { RunData } from './runData';
import { checkpointFileName, snapshotFile } from './runFiles';
import type { RunLog } from './runLog';
import type { RunMoments } from './runMoments';
import type { StepWatch } from './stepWatch';

interface ReporterParts {
  readonly host: LabHost;
  readonly folder: LabFolder;
  readonly form: RunForm;
  readonly data: RunData;
  readonly trainer: Trainer;
  readonly log: RunLog;
  readonly moments: RunMoments;
  readonly tell: (news: RunNews) => void;
}

/** Steps are told no more often than a person can see. */
const tellMs = 100;

/** Looks at a run as its form asks for, tells what it sees, and writes it down. */
export class RunReporter {
  readonly #parts: ReporterParts;
  /** Milliseconds of the host's clock. */
  #savedAt: number;
  /** What is made anew from its form, or was read from a checkpoint, needs no other. */
  #savedStep: number;
  #toldAt = -Infinity;

  constructor(parts: ReporterParts) {
    this.#parts = parts;
    this.#savedAt = parts.host.engine.now();
    this.#savedStep = parts.trainer.step;
  }

  /** What is to be done behind a step; `pausing` when none follows at once. */
  async look(at: 'going' | 'pausing'): Promise<void> {
    const { form, host, log, trainer } = this.#parts;
    const { watch, training } = form;
    const { step } = trainer;
    const last = step >= trainer.plan.steps;
    const beforeSecond = step + 1 === training.then?.fromStep;
    if (isDue(watch.validateEvery, step) || last || beforeSecond) await this.#tellValidation();
    if (isDue(watch.sampleEvery, step)) await this.#sample();
    if (isDue(watch.snapshotEvery, step)) await this.keepSnapshot();
    const now = host.engine.now();
    if (now - this.#toldAt >= tellMs || at === 'pausing') {
      this.#toldAt = now;
      this.tellSteps();
      await log.flush();
    }
    if (now - this.#savedAt >= watch.checkpointMs) await this.save();
  }

  /** The run has gone back to its last checkpoint. */
  wentBack(): void {
    this.#savedStep = this.#parts.trainer.step;
    this.#savedAt = this.#parts.host.engine.now();
  }

  /** Whether steps were made since the last checkpoint. */
  get isUnsaved(): boolean {
    return this.#parts.trainer.step !== this.#savedStep;
  }

  /** A checkpoint of now: the run can be resumed from here. Throws `file-unwritable`. */
  async save(): Promise<void> {
    const { folder, log, host, trainer, tell } = this.#parts;
    const { step } = trainer;
    await folder.write(checkpointFileName, checkpointFile(trainer.content()).parts);
    this.tellSteps();
    await log.flush();
    this.#savedAt = host.engine.now();
    this.#savedStep = step;
    tell({ kind: 'saved', step });
  }

  /** Keeps the weights of now. Throws `file-unwritable`. */
  async keepSnapshot(): Promise<void> {
    const { folder, log, trainer, tell } = this.#parts;
    const { step } = trainer;
    if (log.snapshots.includes(step)) return;
    await folder.write(snapshotFile(step), weightsFile(trainer.content()).parts);
    const news = { kind: 'snapshot', step } as const;
    log.add(news);
    tell(news);
  }

  /** How well what was held out is predicted now; undefined where nothing was. */
  async validate(): Promise<Validation | undefined> {
    const { data, trainer, host } = this.#parts;
    return (
      data.validation && (await trainer.evaluate(data.validation, () => host.engine.breathe()))
    );
  }

  tellStatistics(watch: StepWatch): void {
    const { log, trainer, tell } = this.#parts;
    const { step } = trainer;
    const statistics = watch.statistics(step);
    log.add({ kind: 'statistics', step, statistics });
    tell({ kind: 'statistics', statistics });
  }

  tellSteps(): void {
    const steps = this.#parts.log.takeSteps();
    if (steps !== undefined) this.#parts.tell({ kind: 'steps', steps });
  }

  async #tellValidation(): Promise<void> {
    const { log, trainer, tell } = this.#parts;
    const { step } = trainer;
    const validation = await this.validate();
    if (validation === undefined) return;
    const news = { kind: 'validation', step, validation } as const;
    log.add(news);
    tell(news);
  }

  async #sample(): Promise<void> {
    const { form, host, log, trainer, moments, tell } = this.#parts;
    const pace = new Pace(host.engine, undefined);
    const { step } = trainer;
    for (const prompt of form.watch.prompts.filter((text) => text !== '')) {
      const continuation = await moments.ask('now', pace, (model) =>
        model.continuation(prompt, form.watch.sampleTokens, pace),
      );
      const sample = { step, prompt, continuation };
      log.add({ kind: 'sample', step, sample });
      tell({ kind: 'sample', sample });
    }
  }
}

export function isDue(every: number, step: number): boolean {
  return every > 0 && step % every === 0;
}
