import type { DeviceName } from '../../protocol/devices';
import type { WeightSource } from '../model/weights';
import type { Trainer } from '../training/trainer';
import { Turns } from '../turns';
import type { Pace } from '../work';
import type { LabFolder, LabHost } from './labHost';
import type { RunData } from './runData';
import { currentWeights, withSnapshot } from './runSources';
import { SnapshotModel } from './snapshotModel';

interface MomentParts {
  readonly host: LabHost;
  readonly folder: LabFolder;
  readonly data: RunData;
  readonly trainer: Trainer;
  readonly device: DeviceName | undefined;
  /** The turns in which steps are made: weights are read between two of them, all of the same step. */
  readonly steps: Turns;
}

interface Asked {
  readonly step: number;
  readonly model: SnapshotModel;
}

/** The model of any moment of a run that was kept. The one asked last stays loaded; one question at a time. */
export class RunMoments {
  readonly #parts: MomentParts;
  readonly #asking = new Turns();
  #asked: Asked | undefined;

  constructor(parts: MomentParts) {
    this.#parts = parts;
  }

  /** Throws `snapshot-unknown` for a step that was not kept. */
  ask<Result>(
    at: number | 'now',
    pace: Pace,
    use: (model: SnapshotModel, step: number) => Promise<Result>,
  ): Promise<Result> {
    return this.#asking.take(async () => {
      const { step, model } = await this.#modelAt(at, pace);
      return use(model, step);
    });
  }

  dispose(): Promise<void> {
    return this.forget();
  }

  /** Lets go of the model that was asked last: its step is made again. */
  forget(): Promise<void> {
    return this.#asking.take(() => {
      this.#forget();
      return Promise.resolve();
    });
  }

  async #modelAt(at: number | 'now', pace: Pace): Promise<Asked> {
    const found = await this.#parts.steps.take(() => this.#find(at));
    if (found.step === this.#asked?.step) return this.#asked;
    this.#forget();
    const { folder, host, data, device } = this.#parts;
    const { config, tokenizer } = data;
    const parts = { host: host.engine, config, tokenizer, device };
    const load = (weights: WeightSource): Promise<SnapshotModel> =>
      SnapshotModel.load(parts, weights, pace);
    const { step, weights } = found;
    const model =
      weights === undefined ? await withSnapshot(folder, step, load) : await load(weights);
    this.#asked = { step, model };
    return this.#asked;
  }

  /** The step that is asked for; its weights where it is the one that the run is at, and nobody has them yet. */
  async #find(
    at: number | 'now',
  ): Promise<{ readonly step: number; readonly weights?: WeightSource }> {
    const { trainer } = this.#parts;
    const step = at === 'now' ? trainer.step : at;
    if (step !== trainer.step || step === this.#asked?.step) return { step };
    return { step, weights: await currentWeights(trainer) };
  }

  #forget(): void {
    this.#asked?.model.dispose();
    this.#asked = undefined;
  }
}
