import { fail, failureOf } from '../../protocol/failures';
import type {
  Cost,
  LabRunId,
  RunDescription,
  RunHistory,
  RunNews,
  RunState,
  StepDetail,
  StepTensor,
} from '../../protocol/labApi';
import type { RunChange, RunForm } from '../../protocol/labForms';
import { writeConfig } from '../files/configWriter';
import { countParameters } from '../model/parameters';
import { weightsFile } from '../training/checkpoint';
import type { PlanChange, Trainer } from '../training/trainer';
import type { Pace } from '../work';
import { measureCost } from './cost';
import { drive, type Driven } from './drive';
import { checkChange } from './formSchema';
import { textParts, type LabFolder, type LabHost } from './labHost';
import type { RunData } from './runData';
import { tokenizerFileName, writeRun, type PlacedChange } from './runFiles';
import type { RunLog } from './runLog';
import { RunMoments } from './runMoments';
import { isDue, RunReporter } from './runReporter';
import { withSnapshot } from './runSources';
import { StepWatch } from './stepWatch';

/** What a run is made of; see `openLabRun.ts`. */
export interface LabRunParts {
  readonly id: LabRunId;
  readonly host: LabHost;
  readonly folder: LabFolder;
  readonly form: RunForm;
  readonly changes: readonly PlacedChange[];
  readonly data: RunData;
  readonly trainer: Trainer;
  readonly log: RunLog;
  readonly tell: (news: RunNews) => void;
}

/** A training run in a folder: it goes on, pauses, is changed, and can be asked about any moment that was kept. */
export class LabRun implements Driven {
  readonly moments: RunMoments;
  readonly reporter: RunReporter;
  readonly #parts: LabRunParts;
  readonly trainer: Trainer;
  #changes: readonly PlacedChange[];
  /** How many of the changes hold already. */
  #applied = 0;
  #state: RunState = { state: 'paused' };
  #stopped = false;
  #going: Promise<void> = Promise.resolve();
  /** The last step that was made with everything about it. */
  #detailed: StepWatch | undefined;

  constructor(parts: LabRunParts) {
    this.#parts = parts;
    this.trainer = parts.trainer;
    this.#changes = parts.changes;
    this.moments = new RunMoments({ ...parts, device: parts.form.device });
    this.reporter = new RunReporter({ ...parts, moments: this.moments });
    this.#applyChanges();
    if (!this.#hasStepsLeft) this.#state = { state: 'finished' };
  }

  get step(): number {
    return this.trainer.step;
  }

  get state(): RunState {
    return this.#state;
  }

  get data(): RunData {
    return this.#parts.data;
  }

  get log(): RunLog {
    return this.#parts.log;
  }

  get folder(): LabFolder {
    return this.#parts.folder;
  }

  get form(): RunForm {
    const { form } = this.#parts;
    const { optimiser, clip, freeze, steps } = this.trainer.plan;
    const changed = { decay: optimiser.decay, clip: Number.isFinite(clip) ? clip : 0 };
    return { ...form, training: { ...form.training, ...changed, freeze, steps } };
  }

  describe(): RunDescription {
    const { id, folder, data, log } = this.#parts;
    return {
      run: id,
      folder: folder.name,
      form: this.form,
      fixedRate: this.trainer.plan.rate,
      config: data.config,
      step: this.step,
      state: this.#state,
      snapshots: log.snapshots,
      parameters: countParameters(data.config),
      trainTokens: data.trainTokens,
      validationTokens: data.validation?.tokens.length ?? 0,
      device: this.trainer.device.name,
      weights: this.trainer.weights.map(({ name, shape }) => ({ name, shape })),
    };
  }

  start(): void {
    if (this.#state.state === 'running') return;
    this.#stopped = false;
    this.#going = drive([this], () => this.#stopped);
  }

  async pause(): Promise<void> {
    this.#stopped = true;
    await this.#going;
    // Steps that were made singly are not lost either.
    if (this.#state.state === 'paused' && this.reporter.isUnsaved) await this.reporter.save();
  }

  begin(): void {
    this.#setState({ state: 'running' });
  }

  get unfinished(): boolean {
    return this.#state.state === 'running' && this.#hasStepsLeft;
  }

  async turn(): Promise<void> {
    const { host, form, log } = this.#parts;
    const now = (): number => host.engine.now();
    try {
      this.#applyChanges();
      const due = isDue(form.watch.statisticsEvery, this.step + 1);
      const watch = due ? new StepWatch(this.trainer, now) : undefined;
      this.#detailed = undefined;
      const before = now();
      const report = await this.trainer.advance(this.#breathe, watch);
      log.addStep({ ...report, ms: now() - before });
      if (watch !== undefined) this.reporter.tellStatistics(watch);
      await this.reporter.look('going');
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  async end(): Promise<void> {
    if (this.#state.state !== 'running') return;
    try {
      if (!this.#hasStepsLeft) await this.reporter.keepSnapshot();
      await this.reporter.save();
      this.#setState({ state: this.#hasStepsLeft ? 'paused' : 'finished' });
    } catch (thrown) {
      this.#fail(thrown);
    }
  }

  /** Throws `setting-invalid`, `file-unwritable`. */
  async change(change: RunChange): Promise<RunDescription> {
    const checked = checkChange(change);
    const changes = [...this.#changes, { after: this.step, change: checked }];
    await writeRun(this.#parts.folder, { form: this.#parts.form, changes });
    this.#changes = changes;
    this.#applyChanges();
    const { state } = this.#state;
    if (state === 'finished' && this.#hasStepsLeft) this.#setState({ state: 'paused' });
    return this.describe();
  }

  /** One step with everything about it. Throws `lab-run-busy`, `training-diverged`, `cancelled`. */
  async makeStep(pace: Pace): Promise<StepDetail> {
    this.#refuseRunning();
    this.#applyChanges();
    const trainer = this.trainer;
    const { host } = this.#parts;
    const now = (): number => host.engine.now();
    const { batch } = trainer;
    const started = now();
    const losses = Float32Array.from(await trainer.model.losses(batch, pace.pause));
    const forward = now() - started;
    const watch = new StepWatch(trainer, now);
    const before = now();
    const report = await trainer.advance(pace.pause, watch).catch((thrown: unknown) => {
      if (failureOf(thrown).code === 'training-diverged') this.#fail(thrown);
      throw thrown;
    });
    const ms = now() - before;
    this.#detailed = watch;
    this.#parts.log.addStep({ ...report, ms });
    this.reporter.tellStatistics(watch);
    await this.reporter.look('pausing');
    const { step, rate, gradientScale, nats, gradientNorm } = report;
    return {
      ...{ step, rate, gradientScale, nats, gradientNorm },
      shape: [trainer.plan.batch, trainer.plan.config.context],
      ids: batch.ids,
      targets: batch.targets,
      losses,
      lossesAfter: Float32Array.from(await trainer.model.losses(batch, this.#breathe)),
      statistics: watch.statistics(report.step),
      frozen: [...trainer.frozen],
      ms: {
        forward,
        backward: Math.max(0, watch.gradientsMs - forward),
        update: watch.updateMs,
      },
    };
  }

  /** Throws `tensor-missing`. */
  async tensor(name: string): Promise<StepTensor> {
    const detailed = this.#detailed?.tensor(name);
    if (detailed !== undefined) return detailed;
    const weight = this.trainer.weights.find((one) => one.name === name);
    if (weight === undefined) throw fail('tensor-missing', { tensor: name });
    const values = Float32Array.from(await this.trainer.device.read(weight.value));
    const before = { shape: weight.shape, values };
    return { name, before, gradient: undefined, after: undefined };
  }

  history(after: number): RunHistory {
    return this.#parts.log.history(after);
  }

  /** Throws `lab-run-busy`. */
  cost(pace: Pace): Promise<Cost> {
    this.#refuseRunning();
    const { host, data } = this.#parts;
    const on = { host, device: this.trainer.device, pace };
    const { form } = this;
    return this.moments.ask('now', pace, (model) => measureCost(on, { form, data }, model));
  }

  /** Writes the model of a moment as a Hugging Face folder. Throws `folder-taken`, `snapshot-unknown`. */
  async saveModel(step: number | 'now', folder: LabFolder): Promise<void> {
    if (!(await folder.isEmpty())) throw fail('folder-taken', { folder: folder.name });
    const { data } = this.#parts;
    const write = async (weights: ReturnType<typeof textParts>): Promise<void> => {
      await folder.write('config.json', textParts(writeConfig(data.config)));
      await folder.write(tokenizerFileName, textParts(data.json));
      await folder.write('model.safetensors', weights);
    };
    if (step === 'now' || step === this.step) {
      await write(weightsFile(this.trainer.content()).parts);
      return;
    }
    await withSnapshot(this.#parts.folder, step, async (_, source) => {
      await write(oneFilePart(await source.read(0, source.size)));
    });
  }

  async close(): Promise<void> {
    try {
      await this.pause();
    } finally {
      await this.moments.dispose();
      const { device } = this.trainer;
      this.trainer.dispose();
      device.dispose();
    }
  }

  get #hasStepsLeft(): boolean {
    return this.step < this.trainer.plan.steps;
  }

  readonly #breathe = (): Promise<void> => this.#parts.host.engine.breathe();

  #refuseRunning(): void {
    if (this.#state.state === 'running') throw fail('lab-run-busy', {});
  }

  /** Changes hold from the step behind which they were made, also when those steps are made again. */
  #applyChanges(): void {
    for (; this.#applied < this.#changes.length; this.#applied++) {
      const { after, change } = this.#changes[this.#applied];
      if (after > this.step) return;
      this.trainer.change(planChange(change));
    }
  }

  #setState(state: RunState): void {
    this.#state = state;
    this.#parts.tell({ kind: 'state', state });
  }

  #fail(thrown: unknown): void {
    this.reporter.tellSteps();
    this.#setState({ state: 'failed', failure: failureOf(thrown) });
  }
}

function planChange({ clip, ...change }: RunChange): PlanChange {
  if (clip === undefined) return change;
  return { ...change, clip: clip === 0 ? Infinity : clip };
}

async function* oneFilePart(bytes: Uint8Array): ReturnType<typeof textParts> {
  yield await Promise.resolve({ offset: 0, bytes });
}
