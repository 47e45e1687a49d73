import type { CallOptions, EngineApi, EngineClient, StepRequest } from '../protocol/engineApi';
import { fail } from '../protocol/failures';
import type { Task } from '../protocol/health';
import type { ModelInfo } from '../protocol/models';
import type { RunId } from '../protocol/runs';
import { renderChat } from './chatTemplate';
import { estimateModelFolder } from './files/modelFolder';
import { HealthReporter } from './healthReporter';
import type { EngineParts } from './engineParts';
import { measureDevice } from './measureDevice';
import { measureTraining } from './measureTraining';
import { modelHash } from './modelHash';
import { modelSize } from './model/parameters';
import { OpenModel, shortName } from './openModel';
import { continuations } from './sampling/continuations';
import { activation, keepRows } from './tracing/activation';
import { attentionMap } from './tracing/attentionMap';
import { contributions } from './tracing/contributions';
import { difference } from './tracing/difference';
import { distribution } from './tracing/distribution';
import { embeddingMap } from './tracing/embeddingMap';
import { expectation } from './tracing/expectation';
import { headStatistics } from './tracing/headStatistics';
import { lens } from './tracing/lens';
import { neurons } from './tracing/neurons';
import type { Run } from './tracing/runs';
import { textSurprisals } from './tracing/textSurprisals';
import { traceBytes } from './traceBytes';
import { TextReading } from './textReading';
import { Turns } from './turns';
import { verify } from './verifying/verify';
import { readWeight } from './weightSlices';
import { workOf, type Pace, type Work } from './work';

type Answer<Method extends keyof EngineApi> = ReturnType<EngineApi[Method]>;
type Request<Method extends keyof EngineApi> = Parameters<EngineApi[Method]>[0];

const defaultRunLimitBytes = 256 * 2 ** 20;

/**
 * The engine: one open model at a time and everything that can be asked about it. This class says which part answers;
 * the parts are in the folders beside it. Requests may overlap; a caller that wants only the newest answer cancels the
 * older request.
 */
export class Engine implements EngineClient {
  readonly #parts: EngineParts;
  readonly #health: HealthReporter;
  readonly #openings = new Turns();
  readonly #reading: TextReading;
  #model: OpenModel | undefined;
  #runCount = 0;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#reading = new TextReading({
      files: parts,
      work: (options, report) => workOf(parts.host, options, report),
      withModel: (options, answer, report) => this.#with(options, answer, report),
      whileBusy: (work) =>
        this.#model === undefined ? work() : this.#health.during('tokenizing', work),
    });
    this.#health = new HealthReporter(parts.onHealth ?? (() => undefined));
  }

  async estimateModel(
    request: Request<'estimateModel'>,
    options?: CallOptions,
  ): Answer<'estimateModel'> {
    const { pace } = workOf(this.#parts.host, options);
    await pace.pause();
    const files = await this.#parts.locate(request.location);
    const estimate = await estimateModelFolder(files, { signal: pace.signal });
    const size = modelSize(estimate.config, request.weights);
    return { ...estimate, ...size, name: shortName(estimate.name) };
  }

  openModel(request: Request<'openModel'>, options?: CallOptions): Answer<'openModel'> {
    return this.#openings.take(() =>
      this.#health.during('loading', async (report) => {
        try {
          return await this.#open(request, workOf(this.#parts.host, options, report));
        } catch (thrown) {
          this.#health.failed(thrown);
          throw thrown;
        }
      }),
    );
  }

  measureDevice(
    { device }: Request<'measureDevice'>,
    options?: CallOptions,
  ): Answer<'measureDevice'> {
    return this.#with(options, (model, { pace }) =>
      measureDevice(model, { device, host: this.#parts.host }, pace),
    );
  }

  measureTraining(
    { speed }: Request<'measureTraining'>,
    options?: CallOptions,
  ): Answer<'measureTraining'> {
    return this.#with(options, ({ decoder: { config } }, { pace }) =>
      measureTraining({ host: this.#parts.host, pace }, config, speed),
    );
  }

  readonly vocabulary: EngineClient['vocabulary'] = (request, options) =>
    this.#reading.vocabulary(request, options);
  readonly tokenOrigins: EngineClient['tokenOrigins'] = (request, options) =>
    this.#reading.tokenOrigins(request, options);
  readonly tokenizerInfo: EngineClient['tokenizerInfo'] = (request, options) =>
    this.#reading.tokenizerInfo(request, options);
  readonly tokenize: EngineClient['tokenize'] = (request, options) =>
    this.#reading.tokenize(request, options);
  readonly tokenizeWindow: EngineClient['tokenizeWindow'] = (request, options) =>
    this.#reading.tokenizeWindow(request, options);
  readonly countTokens: EngineClient['countTokens'] = (request, options) =>
    this.#reading.countTokens(request, options);
  readonly putText: EngineClient['putText'] = (request) => this.#reading.putText(request);
  readonly editText: EngineClient['editText'] = (request) => this.#reading.editText(request);
  readonly dropText: EngineClient['dropText'] = (request) => this.#reading.dropText(request);
  readonly textTokens: EngineClient['textTokens'] = (request, options) =>
    this.#reading.textTokens(request, options);
  readonly countText: EngineClient['countText'] = (request, options) =>
    this.#reading.countText(request, options);
  readonly compareTokenizers: EngineClient['compareTokenizers'] = (request, options) =>
    this.#reading.compareTokenizers(request, options);
  readonly merges: EngineClient['merges'] = (request, options) =>
    this.#reading.merges(request, options);

  modelHash(_request: Request<'modelHash'>, options?: CallOptions): Answer<'modelHash'> {
    return this.#with(options, ({ weights }, { pace }) => modelHash(weights, pace));
  }

  renderChat({ turns }: Request<'renderChat'>, options?: CallOptions): Answer<'renderChat'> {
    return this.#with(options, async (model) => renderChat(await model.chatTemplate(), turns));
  }

  embeddings(request: Request<'embeddings'>, options?: CallOptions): Answer<'embeddings'> {
    return this.#with(options, ({ table }, { pace }) => table.rows(request.ids, pace));
  }

  embeddingMap(request: Request<'embeddingMap'>, options?: CallOptions): Answer<'embeddingMap'> {
    return this.#with(options, ({ table, runs, decoder: { config } }, work) =>
      embeddingMap({ table, ...config }, { ...request, ids: runs.get(request.run).ids }, work),
    );
  }

  tokenFacts(request: Request<'tokenFacts'>, options?: CallOptions): Answer<'tokenFacts'> {
    return this.#with(options, ({ table }, { pace }) => table.facts(request, pace));
  }

  expectation(request: Request<'expectation'>, options?: CallOptions): Answer<'expectation'> {
    return this.#with(options, (model, { pace }) => {
      const { config } = model.decoder;
      return expectation({ config, cache: model.reading }, request, pace);
    });
  }

  surprisals(request: Request<'surprisals'>, options?: CallOptions): Answer<'surprisals'> {
    return this.#with(options, ({ decoder }, work) => textSurprisals(decoder, request, work));
  }

  run(request: Request<'run'>, options?: CallOptions): Answer<'run'> {
    return this.#during('running', options, async ({ runs }, { pace }) => {
      const info = await runs.start(request, pace);
      this.#health.ready(info.device, info.ms);
      return info;
    });
  }

  activation(request: Request<'activation'>, options?: CallOptions): Answer<'activation'> {
    return this.#ofRun(request, options, async (model, run, pace) => {
      const { name, index = [], rows } = request;
      return keepRows(await activation(model, { run, name, index }, pace), rows);
    });
  }

  weight(request: Request<'weight'>, options?: CallOptions): Answer<'weight'> {
    return this.#with(options, ({ weights }, { pace }) => {
      const { name, index = [], columns } = request;
      return readWeight(weights, { name, index, columns }, pace);
    });
  }

  verify(request: Request<'verify'>, options?: CallOptions): Answer<'verify'> {
    return this.#ofRun(request, options, (on, run, pace) => verify(on, { ...request, run }, pace));
  }

  timings(request: Request<'timings'>, options?: CallOptions): Answer<'timings'> {
    return this.#ofRun(request, options, (_model, { timings }) => Promise.resolve(timings));
  }

  trace(request: Request<'trace'>, options?: CallOptions): Answer<'trace'> {
    return this.#ofRun(request, options, traceBytes);
  }

  headStatistics(
    request: Request<'headStatistics'>,
    options?: CallOptions,
  ): Answer<'headStatistics'> {
    return this.#ofRun(request, options, headStatistics);
  }

  attentionMap(request: Request<'attentionMap'>, options?: CallOptions): Answer<'attentionMap'> {
    return this.#ofRun(request, options, (on, run, pace) =>
      attentionMap(on, { ...request, run }, pace),
    );
  }

  difference(request: Request<'difference'>, options?: CallOptions): Answer<'difference'> {
    return this.#ofRun(request, options, (model, after, pace) =>
      difference(
        model,
        { before: model.runs.get(request.from), after, pairs: request.pairs },
        pace,
      ),
    );
  }

  lens(request: Request<'lens'>, options?: CallOptions): Answer<'lens'> {
    return this.#ofRun(request, options, (on, run, pace) => lens(on, { ...request, run }, pace));
  }

  neurons(request: Request<'neurons'>, options?: CallOptions): Answer<'neurons'> {
    return this.#ofRun(request, options, (on, run, pace) => neurons(on, { ...request, run }, pace));
  }

  contributions(request: Request<'contributions'>, options?: CallOptions): Answer<'contributions'> {
    return this.#ofRun(request, options, (model, run, pace) =>
      contributions(model, { ...request, run }, pace),
    );
  }

  distribution(request: Request<'distribution'>, options?: CallOptions): Answer<'distribution'> {
    return this.#ofRun(request, options, (model, run, pace) =>
      distribution(model, { ...request, run }, pace),
    );
  }

  predict(request: Request<'predict'>, options?: CallOptions): Answer<'predict'> {
    return this.#with(options, ({ stepper }, { pace }) => stepper.predict(request, pace));
  }

  continuations(request: Request<'continuations'>, options?: CallOptions): Answer<'continuations'> {
    return this.#ofRun(request, options, (model, { ids }, pace) =>
      continuations(model.stepper, { ...request, ids }, pace),
    );
  }

  step(request: StepRequest, options?: CallOptions): Answer<'step'> {
    return this.#during('generating', options, async (model, { pace }) => {
      const token = await model.stepper.step(request, pace);
      this.#health.ready(token.device, token.ms);
      return token;
    });
  }

  steps(request: Request<'steps'>, options?: CallOptions): Answer<'steps'> {
    return this.#during('generating', options, async (model, { pace }) => {
      const tokens = await model.stepper.steps(request, pace);
      const { device, ms } = tokens[tokens.length - 1];
      this.#health.ready(device, ms);
      return tokens;
    });
  }

  /** Closes the model; what still runs ends first. */
  async dispose(): Promise<void> {
    const model = this.#model;
    this.#model = undefined;
    await model?.retire();
  }

  async #open(request: Request<'openModel'>, work: Work): Promise<ModelInfo> {
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

  /** Answers from the open model, which stays whole until then. */
  async #with<Result>(
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
  #ofRun<Result>(
    { run }: { readonly run: RunId },
    options: CallOptions | undefined,
    answer: (model: OpenModel, run: Run, pace: Pace) => Promise<Result>,
  ): Promise<Result> {
    return this.#with(options, (model, { pace }) => answer(model, model.runs.get(run), pace));
  }

  /** As `#with`, with the engine shown as busy meanwhile. */
  #during<Result>(
    task: Task,
    options: CallOptions | undefined,
    answer: (model: OpenModel, work: Work) => Promise<Result>,
  ): Promise<Result> {
    // Without a model nothing will run, and nobody needs to be told.
    if (this.#model === undefined) return this.#with(options, answer);
    return this.#health.during(task, (report) => this.#with(options, answer, report));
  }
}
