import type { CallOptions } from '../../protocol/engineApi';
import { fail } from '../../protocol/failures';
import type { LabApi, LabClient, LabEvents } from '../../protocol/labApi';
import type { OpenExperiment } from '../../protocol/labExperiments';
import { Pace } from '../work';
import { corpusText } from './corpusText';
import { readExperiment, writeExperiment } from './experimentFile';
import { checkModel } from './formSchema';
import type { LabExperiment } from './labExperiment';
import type { LabFolder, LabHost } from './labHost';
import type { LabRun } from './labRun';
import { createLabExperiment, openLabExperiment, type ExperimentPlace } from './openLabExperiment';
import { createLabRun, openLabRun, type RunPlace } from './openLabRun';
import { parameterTable } from './parameterTable';
import { labPresets } from './presets';
import { configOf } from './runData';
import { startingWeight } from './startingWeight';
import { vocabularyLesson } from './vocabularyLesson';

type Request<Method extends keyof LabApi> = Parameters<LabApi[Method]>[0];
type Answer<Method extends keyof LabApi> = ReturnType<LabApi[Method]>;

/** Training in front of one's eyes: runs, experiments and lessons. This class says which part answers. */
export class Lab implements LabClient {
  readonly #host: LabHost;
  readonly #onRun: LabEvents['run'];
  readonly #runs = new Map<number, LabRun>();
  readonly #experiments = new Map<number, LabExperiment>();
  #lastId = 0;

  constructor(host: LabHost, onRun: LabEvents['run']) {
    this.#host = host;
    this.#onRun = onRun;
  }

  presets(): Answer<'presets'> {
    return Promise.resolve(labPresets());
  }

  async corpusText({ source, characters }: Request<'corpusText'>): Answer<'corpusText'> {
    const text = await corpusText(this.#host.files, source);
    return { text: text.slice(0, characters), characters: text.length };
  }

  async learnVocabulary(
    request: Request<'learnVocabulary'>,
    options?: CallOptions,
  ): Answer<'learnVocabulary'> {
    const texts: string[] = [];
    for (const source of request.sources) texts.push(await corpusText(this.#host.files, source));
    const { pause } = this.#pace(options);
    const onProgress = options?.onProgress ?? (() => undefined);
    return vocabularyLesson({ ...request, texts }, { pause, onProgress });
  }

  saveVocabulary({ file, json }: Request<'saveVocabulary'>): Answer<'saveVocabulary'> {
    return this.#host.files.write(file, json);
  }

  async parameterTable(request: Request<'parameterTable'>): Answer<'parameterTable'> {
    const { vocabulary, batch } = request;
    const config = { ...configOf(checkModel(request.model)), vocabulary, endId: undefined };
    await Promise.resolve();
    return parameterTable(config, batch);
  }

  async startingWeight(request: Request<'startingWeight'>): Answer<'startingWeight'> {
    const { vocabulary, seed, name } = request;
    const model = checkModel(request.model);
    const config = { ...configOf(model), vocabulary, endId: undefined };
    return startingWeight(config, { seed, initialisation: model.initialisation }, name);
  }

  async createRun({ folder, form }: Request<'createRun'>, options?: CallOptions) {
    return this.#keep(await createLabRun(this.#place(folder), form, this.#pace(options)));
  }

  async openRun({ folder }: Request<'openRun'>, options?: CallOptions) {
    return this.#keep(await openLabRun(this.#place(folder), this.#pace(options)));
  }

  async closeRun({ run }: Request<'closeRun'>): Answer<'closeRun'> {
    const closing = this.#run(run);
    this.#runs.delete(run);
    await closing.close();
  }

  async start({ run }: Request<'start'>): Answer<'start'> {
    this.#run(run).start();
    await Promise.resolve();
  }

  async pause({ run }: Request<'pause'>): Answer<'pause'> {
    await this.#run(run).pause();
  }

  async change({ run, change }: Request<'change'>): Answer<'change'> {
    return this.#run(run).change(change);
  }

  async step({ run }: Request<'step'>, options?: CallOptions): Answer<'step'> {
    return this.#run(run).makeStep(this.#pace(options));
  }

  async stepTensor({ run, name }: Request<'stepTensor'>): Answer<'stepTensor'> {
    return this.#run(run).tensor(name);
  }

  async history({ run, after }: Request<'history'>): Answer<'history'> {
    await Promise.resolve();
    return this.#run(run).history(after);
  }

  async snapshot(request: Request<'snapshot'>, options?: CallOptions): Answer<'snapshot'> {
    const pace = this.#pace(options);
    return this.#run(request.run).moments.ask(request.step, pace, (model, step) =>
      model.answer(request, { step, pace }),
    );
  }

  async cost({ run }: Request<'cost'>, options?: CallOptions): Answer<'cost'> {
    return this.#run(run).cost(this.#pace(options));
  }

  async vocabulary({ run }: Request<'vocabulary'>): Answer<'vocabulary'> {
    await Promise.resolve();
    const { bytes, offsets, special } = this.#run(run).data.tokenizer.vocabulary;
    return { bytes: bytes.slice(), offsets: offsets.slice(), special };
  }

  async saveModel({ run, step, folder }: Request<'saveModel'>): Answer<'saveModel'> {
    await this.#run(run).saveModel(step, this.#host.files.folder(folder));
  }

  readExperiment({ file }: Request<'readExperiment'>): Answer<'readExperiment'> {
    return readExperiment(this.#host.files, file);
  }

  async writeExperiment(request: Request<'writeExperiment'>): Answer<'writeExperiment'> {
    await writeExperiment(this.#host.files, request.file, request.experiment);
  }

  async createExperiment(request: Request<'createExperiment'>, options?: CallOptions) {
    const place = this.#experimentPlace(request.folder);
    const pace = this.#pace(options);
    return this.#keepBoth(await createLabExperiment(place, request.experiment, pace)).description;
  }

  async openExperiment({ folder }: Request<'openExperiment'>, options?: CallOptions) {
    const place = this.#experimentPlace(folder);
    return this.#keepBoth(await openLabExperiment(place, this.#pace(options)));
  }

  async startExperiment({ experiment }: Request<'startExperiment'>): Answer<'startExperiment'> {
    await Promise.resolve();
    this.#experiment(experiment).start();
  }

  async pauseExperiment({ experiment }: Request<'pauseExperiment'>): Answer<'pauseExperiment'> {
    await this.#experiment(experiment).pause();
  }

  async closeExperiment({ experiment }: Request<'closeExperiment'>): Answer<'closeExperiment'> {
    const closing = this.#experiment(experiment);
    this.#experiments.delete(experiment);
    const { baseline, twin } = closing.describe();
    for (const { run } of [baseline, twin]) this.#runs.delete(run);
    await closing.close();
  }

  async experimentResult(
    { experiment }: Request<'experimentResult'>,
    options?: CallOptions,
  ): Answer<'experimentResult'> {
    return this.#experiment(experiment).result(this.#pace(options));
  }

  /** Waits until an experiment that was started is at its end or paused. */
  async settled(experiment: number): Promise<void> {
    await this.#experiment(experiment).settled();
  }

  /** Pauses what goes on, each with a checkpoint, and lets go of everything. */
  async dispose(): Promise<void> {
    for (const experiment of this.#experiments.values()) await experiment.pause();
    for (const run of this.#runs.values()) await run.close();
    this.#runs.clear();
    this.#experiments.clear();
  }

  #place(folder: string): RunPlace {
    return this.#runIn(this.#host.files.folder(folder));
  }

  #experimentPlace(folder: string): ExperimentPlace {
    const { files } = this.#host;
    const id = ++this.#lastId;
    return { id, files, folder: files.folder(folder), runIn: (place) => this.#runIn(place) };
  }

  #runIn(folder: LabFolder): RunPlace {
    const id = ++this.#lastId;
    return {
      id,
      host: this.#host,
      folder,
      tell: (news) => {
        this.#onRun(id, news);
      },
    };
  }

  #keep(run: LabRun): ReturnType<LabRun['describe']> {
    const description = run.describe();
    this.#runs.set(description.run, run);
    return description;
  }

  #keepBoth(made: LabExperiment): OpenExperiment {
    const description = made.describe();
    this.#experiments.set(description.experiment, made);
    this.#keep(made.baseline);
    this.#keep(made.twin);
    return { description, content: made.content };
  }

  #run(id: number): LabRun {
    const run = this.#runs.get(id);
    if (run === undefined) throw fail('lab-run-unknown', {});
    return run;
  }

  #experiment(id: number): LabExperiment {
    const experiment = this.#experiments.get(id);
    if (experiment === undefined) throw fail('lab-run-unknown', {});
    return experiment;
  }

  #pace(options: CallOptions | undefined): Pace {
    return new Pace(this.#host.engine, options?.signal);
  }
}
