import type { CallOptions, EngineApi, EngineClient, StepRequest } from '../protocol/engineApi';
import { renderChat } from './chatTemplate';
import { CurrentModel } from './currentModel';
import { estimateModelFolder } from './files/modelFolder';
import type { EngineParts } from './engineParts';
import { measureDevice } from './measureDevice';
import { measureTraining } from './measureTraining';
import { modelHash } from './modelHash';
import { modelSize } from './model/parameters';
import { shortName } from './openModel';
import { continuations } from './sampling/continuations';
import { activation, keepColumns, keepRows } from './tracing/activation';
import { attentionMap } from './tracing/attentionMap';
import { contributions } from './tracing/contributions';
import { difference } from './tracing/difference';
import { distribution } from './tracing/distribution';
import { embeddingMap } from './tracing/embeddingMap';
import { expectation } from './tracing/expectation';
import { headStatistics } from './tracing/headStatistics';
import { lens } from './tracing/lens';
import { neurons } from './tracing/neurons';
import { smallMaps } from './tracing/smallMaps';
import { textSurprisals } from './tracing/textSurprisals';
import { traceBytes } from './traceBytes';
import { TextReading } from './textReading';
import { verify } from './verifying/verify';
import { readWeight } from './weightSlices';
import { workOf } from './work';

type Answer<Method extends keyof EngineApi> = ReturnType<EngineApi[Method]>;
type Request<Method extends keyof EngineApi> = Parameters<EngineApi[Method]>[0];

/**
 * The engine: one open model at a time and everything that can be asked about it. This class says which part answers;
 * the parts are in the folders beside it. Requests may overlap; a caller that wants only the newest answer cancels the
 * older request.
 */
export class Engine implements EngineClient {
  readonly #parts: EngineParts;
  readonly #open: CurrentModel;
  readonly #reading: TextReading;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#open = new CurrentModel(parts);
    this.#reading = new TextReading({
      files: parts,
      work: (options, report) => workOf(parts.host, options, report),
      withModel: (options, answer, report) => this.#open.with(options, answer, report),
      whileBusy: (work) => this.#open.whileBusy('tokenizing', work),
    });
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
    return this.#open.open(request, options);
  }

  measureDevice(
    { device }: Request<'measureDevice'>,
    options?: CallOptions,
  ): Answer<'measureDevice'> {
    return this.#open.with(options, (model, { pace }) =>
      measureDevice(model, { device, host: this.#parts.host }, pace),
    );
  }

  measureTraining(
    { speed }: Request<'measureTraining'>,
    options?: CallOptions,
  ): Answer<'measureTraining'> {
    return this.#open.with(options, ({ decoder: { config } }, { pace }) =>
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
    return this.#open.with(options, ({ weights }, { pace }) => modelHash(weights, pace));
  }

  renderChat({ turns }: Request<'renderChat'>, options?: CallOptions): Answer<'renderChat'> {
    return this.#open.with(options, async (model) => renderChat(await model.chatTemplate(), turns));
  }

  embeddings(request: Request<'embeddings'>, options?: CallOptions): Answer<'embeddings'> {
    return this.#open.with(options, ({ table }, { pace }) => table.rows(request.ids, pace));
  }

  embeddingMap(request: Request<'embeddingMap'>, options?: CallOptions): Answer<'embeddingMap'> {
    return this.#open.with(options, ({ table, runs, decoder: { config } }, work) =>
      embeddingMap({ table, ...config }, { ...request, ids: runs.get(request.run).ids }, work),
    );
  }

  tokenFacts(request: Request<'tokenFacts'>, options?: CallOptions): Answer<'tokenFacts'> {
    return this.#open.with(options, ({ table }, { pace }) => table.facts(request, pace));
  }

  expectation(request: Request<'expectation'>, options?: CallOptions): Answer<'expectation'> {
    return this.#open.with(options, (model, { pace }) => {
      const { config } = model.decoder;
      return expectation({ config, cache: model.reading }, request, pace);
    });
  }

  surprisals(request: Request<'surprisals'>, options?: CallOptions): Answer<'surprisals'> {
    return this.#open.with(options, ({ decoder }, work) => textSurprisals(decoder, request, work));
  }

  run(request: Request<'run'>, options?: CallOptions): Answer<'run'> {
    return this.#open.during('running', options, async ({ runs }, { pace }) => {
      const info = await runs.start(request, pace);
      this.#open.ready(info);
      return info;
    });
  }

  activation(request: Request<'activation'>, options?: CallOptions): Answer<'activation'> {
    return this.#open.ofRun(request, options, async (model, run, pace) => {
      const { name, index = [], rows, columns } = request;
      const block = await activation(model, { run, name, index }, pace);
      return keepColumns(keepRows(block, rows), columns);
    });
  }

  weight(request: Request<'weight'>, options?: CallOptions): Answer<'weight'> {
    return this.#open.with(options, ({ weights }, { pace }) => {
      const { name, index = [], columns } = request;
      return readWeight(weights, { name, index, columns }, pace);
    });
  }

  verify(request: Request<'verify'>, options?: CallOptions): Answer<'verify'> {
    return this.#open.ofRun(request, options, (on, run, pace) =>
      verify(on, { ...request, run }, pace),
    );
  }

  timings(request: Request<'timings'>, options?: CallOptions): Answer<'timings'> {
    return this.#open.ofRun(request, options, (_model, { timings }) => Promise.resolve(timings));
  }

  trace(request: Request<'trace'>, options?: CallOptions): Answer<'trace'> {
    return this.#open.ofRun(request, options, traceBytes);
  }

  headStatistics(
    request: Request<'headStatistics'>,
    options?: CallOptions,
  ): Answer<'headStatistics'> {
    return this.#open.ofRun(request, options, (model, run, pace) =>
      headStatistics(model, { ...request, run }, pace),
    );
  }

  attentionMap(request: Request<'attentionMap'>, options?: CallOptions): Answer<'attentionMap'> {
    return this.#open.with(options, (model, work) =>
      attentionMap(model, { ...request, run: model.runs.get(request.run) }, work),
    );
  }

  smallMaps(request: Request<'smallMaps'>, options?: CallOptions): Answer<'smallMaps'> {
    return this.#open.with(options, (model, work) =>
      smallMaps(model, { ...request, run: model.runs.get(request.run) }, work),
    );
  }

  difference(request: Request<'difference'>, options?: CallOptions): Answer<'difference'> {
    return this.#open.ofRun(request, options, (model, after, pace) =>
      difference(
        model,
        { before: model.runs.get(request.from), after, pairs: request.pairs },
        pace,
      ),
    );
  }

  lens(request: Request<'lens'>, options?: CallOptions): Answer<'lens'> {
    return this.#open.ofRun(request, options, (on, run, pace) =>
      lens(on, { ...request, run }, pace),
    );
  }

  neurons(request: Request<'neurons'>, options?: CallOptions): Answer<'neurons'> {
    return this.#open.ofRun(request, options, (on, run, pace) =>
      neurons(on, { ...request, run }, pace),
    );
  }

  contributions(request: Request<'contributions'>, options?: CallOptions): Answer<'contributions'> {
    return this.#open.ofRun(request, options, (model, run, pace) =>
      contributions(model, { ...request, run }, pace),
    );
  }

  distribution(request: Request<'distribution'>, options?: CallOptions): Answer<'distribution'> {
    return this.#open.ofRun(request, options, (model, run, pace) =>
      distribution(model, { ...request, run }, pace),
    );
  }

  predict(request: Request<'predict'>, options?: CallOptions): Answer<'predict'> {
    return this.#open.with(options, ({ stepper }, { pace }) => stepper.predict(request, pace));
  }

  continuations(request: Request<'continuations'>, options?: CallOptions): Answer<'continuations'> {
    return this.#open.ofRun(request, options, (model, { ids }, pace) =>
      continuations(model.stepper, { ...request, ids }, pace),
    );
  }

  step(request: StepRequest, options?: CallOptions): Answer<'step'> {
    return this.#open.during('generating', options, async (model, { pace }) => {
      const token = await model.stepper.step(request, pace);
      this.#open.ready(token);
      return token;
    });
  }

  steps(request: Request<'steps'>, options?: CallOptions): Answer<'steps'> {
    return this.#open.during('generating', options, async (model, { pace }) => {
      const tokens = await model.stepper.steps(request, pace);
      const { device, ms } = tokens[tokens.length - 1];
      this.#open.ready({ device, ms });
      return tokens;
    });
  }

  /** Closes the model; what still runs ends first. */
  dispose(): Promise<void> {
    return this.#open.close();
  }
}
