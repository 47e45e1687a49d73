import type { DeviceName } from '../protocol/devices';
import { failureOf } from '../protocol/failures';
import type { Health, Progress, Task } from '../protocol/health';

/** What is known when nothing runs. */
type Rest = Exclude<Health, { readonly state: 'busy' }>;

/** Tells of the engine's health: what the latest task still under way is, else how it rests. */
export class HealthReporter {
  readonly #tell: (health: Health) => void;
  readonly #tasks = new Map<symbol, Health>();
  #rest: Rest = { state: 'starting' };

  constructor(tell: (health: Health) => void) {
    this.#tell = tell;
  }

  /** Reports `task` for as long as `work` runs. */
  async during<Result>(
    task: Task,
    work: (report: (progress: Progress) => void) => Promise<Result>,
  ): Promise<Result> {
    const ticket = Symbol(task);
    const report = (progress: Progress | undefined): void => {
      this.#tasks.set(ticket, { state: 'busy', task, progress });
      this.#update();
    };
    report(undefined);
    try {
      return await work(report);
    } finally {
      this.#tasks.delete(ticket);
      this.#update();
    }
  }

  /** A model is open. */
  ready(device: DeviceName, lastRunMs: number | undefined): void {
    this.#rest = { state: 'ready', device, lastRunMs };
  }

  /** No model is open because of this; with one open, or after a cancellation, nothing changes. */
  failed(thrown: unknown): void {
    const failure = failureOf(thrown);
    if (this.#rest.state === 'ready' || failure.code === 'cancelled') return;
    this.#rest = { state: 'failed', failure };
  }

  #update(): void {
    this.#tell([...this.#tasks.values()].at(-1) ?? this.#rest);
  }
}
