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
}

/** The model of any moment of a run that was kept. The one asked last stays loaded; one question at a time. */
export class RunMoments {
  readonly #parts: MomentParts;
  readonly #asking = new Turns();
  #asked: { readonly step: number; readonly model: SnapshotModel } | undefined;

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
      const step = at === 'now' ? this.#parts.trainer.step : at;
      return use(await this.#modelOf(step, pace), step);
    });
  }

  async dispose(): Promise<void> {
    await this.#asking.take(() => {
      this.#forget();
      return Promise.resolve();
    });
  }

  async #modelOf(step: number, pace: Pace): Promise<SnapshotModel> {
    if (this.#asked?.step === step) return this.#asked.model;
    this.#forget();
    const { trainer, folder, host, data, device } = this.#parts;
    const { config, tokenizer } = data;
    const parts = { host: host.engine, config, tokenizer, device };
    const load = (weights: WeightSource): Promise<SnapshotModel> =>
      SnapshotModel.load(parts, weights, pace);
    const model =
      step === trainer.step
        ? await load(await currentWeights(trainer))
        : await withSnapshot(folder, step, load);
    this.#asked = { step, model };
    return model;
  }

  #forget(): void {
    this.#asked?.model.dispose();
    this.#asked = undefined;
  }
}
