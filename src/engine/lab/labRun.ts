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
import { countParameters } from '../model/parameters';
import { weightsFile } from '../training/checkpoint';
import type { Trainer } from '../training/trainer';
import { Turns } from '../turns';
import type { Pace } from '../work';
import { measureCost } from './cost';
import { detailedStep } from './detailedStep';
import { drive, type Driven } from './drive';
import { checkChange } from './formSchema';
import type { LabFolder, LabHost } from './labHost';
import { moveRun } from './moveRun';
import type { RunData } from './runData';
import { RunChanges } from './runChanges';
import { deviceBeside } from './runDevice';
import type { PlacedChange } from './runFiles';
import type { RunLog } from './runLog';
import { RunMoments } from './runMoments';
import { isDue, RunReporter } from './runReporter';
import { withSnapshot } from './runSources';
import { StepWatch } from './stepWatch';
import { wholeFile, writeModel } from './writeModel';

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
  readonly #changes: RunChanges;
  /** Steps, and what must not come in the midst of one. */
  readonly #steps = new Turns();
  #state: RunState = { state: 'paused' };
  #stopped = false;
  #going: Promise<void> = Promise.resolve();
  /** The last step that was made with everything about it. */
  #detailed: StepWatch | undefined;

  constructor(parts: LabRunParts) {
    this.#parts = parts;
    this.trainer = parts.trainer;
    this.#changes = new RunChanges(parts);
    this.moments = new RunMoments({
      ...parts,
      device: deviceBeside(parts.form),
      steps: this.#steps,
    });
    this.reporter = new RunReporter({ ...parts, moments: this.moments });
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
    const isLeft = this.#state.state === 'paused' && this.reporter.isUnsaved;
    if (isLeft) await this.#steps.take(() => this.reporter.save());
  }

  begin(): void {
    this.#setState({ state: 'running' });
  }

  get unfinished(): boolean {
    return this.#state.state === 'running' && this.#hasStepsLeft;
  }

  async turn(): Promise<void> {
    try {
      this.#detailed = undefined;
      await this.#steps.take(() => this.#advance());
      await this.reporter.look('going');
    } catch (thrown) {
      await this.#overcome(thrown);
    }
  }

  async end(): Promise<void> {
    if (this.#state.state !== 'running') return;
    try {
      if (!this.#hasStepsLeft) await this.reporter.keepSnapshot();
      await this.reporter.save();
      this.#setState({ state: this.#hasStepsLeft ? 'paused' : 'finished' });
    } catch (thrown) {
      if (await this.#overcome(thrown)) this.#setState({ state: 'paused' });
    }
  }

  /** Throws `setting-invalid`, `file-unwritable`. */
  async change(change: RunChange): Promise<RunDescription> {
    const checked = checkChange(change);
    await this.#steps.take(() => this.#changes.add(checked));
    const { state } = this.#state;
    if (state === 'finished' && this.#hasStepsLeft) this.#setState({ state: 'paused' });
    return this.describe();
  }

  /** One step with everything about it. Throws `lab-run-busy`, `training-diverged`, `cancelled`. */
  async makeStep(pace: Pace): Promise<StepDetail> {
    this.#refuseRunning();
    const detail = await this.#steps
      .take(async () => {
        this.#changes.apply();
        const made = await detailedStep(this.trainer, { now: this.#now, pause: pace.pause });
        this.#detailed = made.watch;
        this.#parts.log.addStep({ ...made.report, ms: made.ms });
        this.reporter.tellStatistics(made.watch);
        return made.detail;
      })
      .catch(async (thrown: unknown) => {
        if (failureOf(thrown).code === 'training-diverged') this.#fail(thrown);
        if (failureOf(thrown).code === 'device-lost') await this.#overcome(thrown);
        throw thrown;
      });
    await this.reporter.look('pausing');
    return detail;
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
    if (step === 'now' || step === this.step) {
      await this.#steps.take(() =>
        writeModel(folder, data, weightsFile(this.trainer.content()).parts),
      );
      return;
    }
    await withSnapshot(this.#parts.folder, step, async (_, source) => {
      await writeModel(folder, data, wholeFile(await source.read(0, source.size)));
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

  async #advance(): Promise<void> {
    const { form, log } = this.#parts;
    this.#changes.apply();
    const due = isDue(form.watch.statisticsEvery, this.step + 1);
    const watch = due ? new StepWatch(this.trainer, this.#now) : undefined;
    const before = this.#now();
    const report = await this.trainer.advance(this.#breathe, watch);
    log.addStep({ ...report, ms: this.#now() - before });
    if (watch !== undefined) this.reporter.tellStatistics(watch);
  }

  readonly #now = (): number => this.#parts.host.engine.now();

  readonly #breathe = (): Promise<void> => this.#parts.host.engine.breathe();

  #refuseRunning(): void {
    if (this.#state.state === 'running') throw fail('lab-run-busy', {});
  }

  #setState(state: RunState): void {
    this.#state = state;
    this.#parts.tell({ kind: 'state', state });
  }

  /** Whether the run goes on: a device that is lost is not its end; anything else is. */
  async #overcome(thrown: unknown): Promise<boolean> {
    const why = failureOf(thrown);
    if (why.code !== 'device-lost') {
      this.#fail(thrown);
      return false;
    }
    try {
      await this.#steps.take(() => moveRun(this.#parts, why));
      this.#changes.reapply();
      this.reporter.wentBack();
      this.#detailed = undefined;
      await this.moments.forget();
      return true;
    } catch (another) {
      this.#fail(another);
      return false;
    }
  }

  #fail(thrown: unknown): void {
    this.reporter.tellSteps();
    this.#setState({ state: 'failed', failure: failureOf(thrown) });
  }
}
