import type { RunDescription, RunNews, LabRunId, LabApi } from './labApi';
import type { LabPresets } from './labLessons';
import type { Experiment, ExperimentDescription, OpenExperiment } from './labExperiments';
import type { CorpusSource, RunForm, TokenizerChoice } from './labForms';
import type { Outcome } from './engineApi';
import type { Failure } from './failures';
import type { Progress } from './health';

/** Methods of the lab that the panel may call; the host forwards them. Files and folders are the host's to choose. */
export type LabReads = Pick<
  LabApi,
  | 'corpusText'
  | 'parameterTable'
  | 'startingWeight'
  | 'learnVocabulary'
  | 'start'
  | 'pause'
  | 'change'
  | 'step'
  | 'stepTensor'
  | 'history'
  | 'snapshot'
  | 'cost'
  | 'vocabulary'
  | 'startExperiment'
  | 'pauseExperiment'
  | 'experimentResult'
>;

/** What the lab's page calls on its host. Failures travel as values. */
export type LabHostApi = {
  [Method in keyof LabReads]: (
    request: Parameters<LabReads[Method]>[0],
  ) => Promise<Outcome<Awaited<ReturnType<LabReads[Method]>>>>;
} & {
  /** Asked once after loading; the host answers and from then on sends `update`. */
  ready(): Promise<Outcome<LabState>>;
  /** Opens again what was open when the lab's worker went away, as the last checkpoints left it. */
  reopen(): Promise<Outcome<undefined>>;
  /** Makes a run in a place's own new folder; what ran there before is let go of. */
  makeRun(request: { slot: RunSlot; form: RunForm }): Promise<Outcome<RunDescription>>;
  /** The learning rate follows the schedule again. A message cannot say so in a `RunChange`: it loses what is undefined. */
  followSchedule(request: { run: LabRunId }): Promise<Outcome<RunDescription>>;
  /** Asks for the folder of a run and opens it; undefined when the person chose none. */
  openRun(request: Record<never, never>): Promise<Outcome<RunDescription | undefined>>;
  /** Pauses a run, lets go of it and empties its place; the folder stays. */
  endRun(request: { slot: RunSlot }): Promise<Outcome<undefined>>;
  makeExperiment(request: { experiment: Experiment }): Promise<Outcome<ExperimentDescription>>;
  /** Asks for text files; undefined when the person chose none. */
  chooseFiles(request: Record<never, never>): Promise<Outcome<CorpusSource | undefined>>;
  /** Asks for a tokenizer.json; undefined when the person chose none. */
  chooseTokenizer(request: Record<never, never>): Promise<Outcome<TokenizerChoice | undefined>>;
  /** Asks where to and writes a tokenizer.json; the path, or undefined when the person chose none. */
  saveVocabulary(request: { json: string }): Promise<Outcome<string | undefined>>;
  /** Asks where to and writes the model of a snapshot; offers to open it in the Inspector. */
  saveModel(request: { run: LabRunId; step: number | 'now' }): Promise<Outcome<string | undefined>>;
  openExperiment(request: Record<never, never>): Promise<Outcome<Experiment | undefined>>;
  saveExperiment(request: { experiment: Experiment }): Promise<Outcome<string | undefined>>;
  /** Takes back the learning of a vocabulary. */
  cancelLearning(): void;
  showLog(): void;
};

/** What the host calls on the page. */
export interface LabPanelEvents {
  update(state: LabState): void;
  run(run: LabRunId, news: RunNews): void;
  /** Merges made of those asked for. */
  learning(progress: Progress): void;
  /** Files were chosen outside of the panel: they are what is learned from next. */
  learnFrom(source: CorpusSource): void;
  /** An experiment was opened from a file outside of the panel. */
  opened(experiment: Experiment): void;
}

/** Which place of the panel a run belongs to. */
export type RunSlot = 'training' | 'helo';

/** What the host knows and the page shows; numbers are pulled. */
export interface LabState {
  readonly presets: LabPresets;
  readonly training: RunDescription | undefined;
  readonly helo: RunDescription | undefined;
  readonly experiment: OpenExperiment | undefined;
  /** Why the lab's worker is gone, if it is; everything that was open went with it, and can be opened again. */
  readonly stopped: Failure | undefined;
}
