import type { RunChange, RunForm } from '../../protocol/labForms';
import type { PlanChange, Trainer } from '../training/trainer';
import type { LabFolder } from './labHost';
import { writeRun, type PlacedChange } from './runFiles';

interface ChangedRun {
  readonly folder: LabFolder;
  readonly form: RunForm;
  readonly changes: readonly PlacedChange[];
  readonly trainer: Trainer;
}

/**
 * What was changed on the way. A change holds from the step behind which it was made, also when that step is made again: so
 * it is only taken between two steps.
 */
export class RunChanges {
  readonly #run: ChangedRun;
  #all: readonly PlacedChange[];
  /** How many of them hold already. */
  #applied = 0;

  constructor(run: ChangedRun) {
    this.#run = run;
    this.#all = run.changes;
    this.apply();
  }

  /** The trainer has gone back to a step, with the plan that the run began with. */
  reapply(): void {
    this.#applied = 0;
    this.apply();
  }

  /** Brings the trainer up to the step that it is at. */
  apply(): void {
    const { trainer } = this.#run;
    for (; this.#applied < this.#all.length; this.#applied++) {
      const { after, change } = this.#all[this.#applied];
      if (after > trainer.step) return;
      trainer.change(planChange(change));
    }
  }

  /** Writes one down, then applies it. Throws `file-unwritable`; nothing has changed then. */
  async add(change: RunChange): Promise<void> {
    const { folder, form, trainer } = this.#run;
    const changes = [...this.#all, { after: trainer.step, change }];
    await writeRun(folder, { form, changes });
    this.#all = changes;
    this.apply();
  }
}

function planChange({ clip, ...change }: RunChange): PlanChange {
  if (clip === undefined) return change;
  return { ...change, clip: clip === 0 ? Infinity : clip };
}
