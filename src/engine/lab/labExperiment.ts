import { fail } from '../../protocol/failures';
import type { ExperimentId } from '../../protocol/labApi';
import type {
  Experiment,
  ExperimentDescription,
  ExperimentResult,
  ProbeResult,
  TwinResult,
  Validation,
} from '../../protocol/labExperiments';
import type { Pace } from '../work';
import { blindValidation } from './blindValidation';
import { drive } from './drive';
import { textParts, type LabFolder } from './labHost';
import type { LabRun } from './labRun';
import { movesOf, weightMoves } from './moves';

export interface ExperimentParts {
  readonly id: ExperimentId;
  readonly experiment: Experiment;
  readonly folder: LabFolder;
  readonly baseline: LabRun;
  readonly twin: LabRun;
}

/** How many predictions of a probe are told. */
const toldGuesses = 8;
const resultFile = 'result.json';

/** A baseline and its twin, stepped in turn, and what they came to. */
export class LabExperiment {
  readonly #parts: ExperimentParts;
  #stopped = false;
  #going: Promise<void> | undefined;

  constructor(parts: ExperimentParts) {
    this.#parts = parts;
  }

  get content(): Experiment {
    return this.#parts.experiment;
  }

  get baseline(): LabRun {
    return this.#parts.baseline;
  }

  get twin(): LabRun {
    return this.#parts.twin;
  }

  describe(): ExperimentDescription {
    const { id, folder, baseline, twin } = this.#parts;
    return {
      experiment: id,
      folder: folder.name,
      baseline: baseline.describe(),
      twin: twin.describe(),
    };
  }

  start(): void {
    if (this.#going !== undefined) return;
    const { baseline, twin } = this.#parts;
    const left = [baseline, twin].filter(({ state }) => state.state === 'paused');
    this.#stopped = false;
    this.#going = drive(left, () => this.#stopped).finally(() => (this.#going = undefined));
  }

  async pause(): Promise<void> {
    this.#stopped = true;
    await this.#going;
  }

  /** Waits until both runs are at their ends or paused. */
  async settled(): Promise<void> {
    await this.#going;
  }

  /** Also writes it beside the runs. Throws `experiment-unfinished`. */
  async result(pace: Pace): Promise<ExperimentResult> {
    const { baseline, twin, experiment, folder } = this.#parts;
    for (const { state } of [baseline, twin]) {
      if (state.state === 'paused' || state.state === 'running')
        throw fail('experiment-unfinished', {});
    }
    const probes: ProbeResult[] = [];
    for (const text of experiment.probes) {
      const [first, second] = [
        await guessesOf(baseline, text, pace),
        await guessesOf(twin, text, pace),
      ];
      probes.push({ text, baseline: first, twin: second });
    }
    const result: ExperimentResult = {
      baseline: await twinResult(baseline, pace),
      twin: await twinResult(twin, pace),
      tokens: { baseline: await movesOf(baseline), twin: await movesOf(twin) },
      weights: await weightMoves(baseline, twin),
      probes,
    };
    const content = { experiment, ...result };
    await folder.write(resultFile, textParts(`${JSON.stringify(content, plain, 1)}\n`));
    return result;
  }

  async close(): Promise<void> {
    await this.pause();
    await this.#parts.baseline.close();
    await this.#parts.twin.close();
  }
}

/** A model that diverged may have no predictions: its logits are no numbers. */
async function guessesOf(run: LabRun, text: string, pace: Pace): Promise<ProbeResult['baseline']> {
  if (text === '') return [];
  return run.moments.ask('now', pace, (model) => model.guesses(text, toldGuesses, pace));
}

async function twinResult(run: LabRun, pace: Pace): Promise<TwinResult> {
  const { state, log, data, form } = run;
  const { rows } = log;
  const last = rows.slice(-Math.max(1, Math.round(rows.length / 10)));
  const { validation } = data;
  const blind =
    validation === undefined || data.config.mask !== 'none'
      ? undefined
      : await run.moments.ask('now', pace, (model) => blindValidation(model, validation, pace));
  return {
    run: run.describe().run,
    steps: run.step,
    ...(state.state === 'failed' && state.failure.code === 'training-diverged'
      ? { diverged: { step: state.failure.details.step, loss: state.failure.details.loss } }
      : {}),
    trainNats: last.reduce((sum, { nats }) => sum + nats, 0) / last.length,
    validation: await run.reporter.validate(),
    validationBlind: blind,
    before: validationAt(run, (form.training.then?.fromStep ?? NaN) - 1),
    ms: rows.reduce((sum, { ms }) => sum + ms, 0),
  };
}

function validationAt(run: LabRun, step: number): Validation | undefined {
  const { validations } = run.history(0);
  return validations.find((one) => one.step === step)?.validation;
}

function plain(_: string, value: unknown): unknown {
  return value instanceof Float32Array ? Array.from(value) : value;
}
