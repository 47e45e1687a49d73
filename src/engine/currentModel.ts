import type { CallOptions, EngineApi } from '../protocol/engineApi';
import { fail } from '../protocol/failures';
import type { Task } from '../protocol/health';
import type { ModelInfo } from '../protocol/models';
import type { RunId } from '../protocol/runs';
import type { EngineParts } from './engineParts';
import { HealthReporter } from './healthReporter';
import { OpenModel } from './openModel';
import type { Run } from './tracing/runs';
import { Turns } from './turns';
import { workOf, type Pace, type Work } from './work';

type OpenRequest = Parameters<EngineApi['openModel']>[0];

const defaultRunLimitBytes = 256 * 2 ** 20;

/** The one model that is open, and who uses it: another takes its place only when it is open, and it stays whole until then. */
export class CurrentModel {
  readonly #parts: EngineParts;
  readonly #health: HealthReporter;
  readonly #openings = new Turns();
  #model: OpenModel | undefined;
  #runCount = 0;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#health = new HealthReporter(parts.onHealth ?? (() => undefined));
  }

  /** One after another; the last one stays. Throws what opening throws, and keeps the one before then. */
  open(request: OpenRequest, options: CallOptions | undefined): Promise<ModelInfo> {
    return this.#openings.take(() =>
      this.#health.during('loading', async (report) => {
        try {
          return await this.#replace(request, workOf(this.#parts.host, options, report));
        } catch (thrown) {
          this.#health.failed(thrown);
          throw thrown;
        }
      }),
    );
  }

  /** Answers from the open model, which stays whole until then. Rejects with `no-model`. */
  async with<Result>(
    options: CallOptions | undefined,
    answer: (model: OpenModel, work: Work) => Promise<Result>,
    report?: Work['onProgress'],
  ): Promise<Result> {
    const work = workOf(this.#parts.host, options, report);
    await work.pace.pause();
    const model = this.#model;
    if (model === undefined) throw fail('no-model', {});
    return model.use(() => answer(model, work));
  }

  /** Answers about one run of the open model. */
  ofRun<Result>(
    { run }: { readonly run: RunId },
    options: CallOptions | undefined,
    answer: (model: OpenModel, run: Run, pace: Pace) => Promise<Result>,
  ): Promise<Result> {
    return this.with(options, (model, { pace }) => answer(model, model.runs.get(run), pace));
  }

  /** As `with`, with the engine shown as busy meanwhile. */
  during<Result>(
    task: Task,
    options: CallOptions | undefined,
    answer: (model: OpenModel, work: Work) => Promise<Result>,
  ): Promise<Result> {
    return this.whileBusy(task, (report) => this.with(options, answer, report));
  }

  /** Shows the engine as busy. Without a model nothing will run, and nobody needs to be told. */
  whileBusy<Result>(
    task: Task,
    work: (report?: Work['onProgress']) => Promise<Result>,
  ): Promise<Result> {
    return this.#model === undefined ? work() : this.#health.during(task, work);
  }

  /** Tells how long a pass took, and where it ran. */
  ready({ device, ms }: { readonly device: ModelInfo['device']; readonly ms: number }): void {
    this.#health.ready(device, ms);
  }

  /** What still runs ends first. */
  async close(): Promise<void> {
    const model = this.#model;
    this.#model = undefined;
    await model?.retire();
  }

  async #replace(request: OpenRequest, work: Work): Promise<ModelInfo> {
    await work.pace.pause();
    const { host, locate, runLimitBytes = defaultRunLimitBytes } = this.#parts;
    const { location, device, weights } = request;
    const files = await locate(location);
    const nextRun = (): number => ++this.#runCount;
    const opened = await OpenModel.open(
      { host, files, location, device, weights, runLimitBytes, nextRun },
      work,
    );
    const replaced = this.#model;
    this.#model = opened;
    this.#health.ready(opened.info.device, undefined);
    await replaced?.retire();
    return opened.info;
  }
}
