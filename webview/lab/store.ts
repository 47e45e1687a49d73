/** Everything the lab's page knows: the host's snapshot, the logs of the runs, and where the person is. */
import { batch, computed, signal, type ReadonlySignal, type Signal } from '@preact/signals-core';
import { describeFailure } from '../../src/protocol/describeFailure';
import type { Outcome } from '../../src/protocol/engineApi';
import { failureOf, type Failure } from '../../src/protocol/failures';
import type { Progress } from '../../src/protocol/health';
import type { LabRunId, RunDescription, RunNews } from '../../src/protocol/labApi';
import type { Experiment } from '../../src/protocol/labExperiments';
import type { RunForm } from '../../src/protocol/labForms';
import type { LabHostApi, LabPanelEvents, LabState } from '../../src/protocol/labPanelApi';
import { connect, type Connection } from '../host';
import { t, translateAny } from '../l10n';
import { sectionNames, type Lab, type SectionName } from './lab';
import { RunLog } from './runLog';

/** What the page wants back after it was hidden or the window was reloaded. */
interface Kept {
  readonly version: 1;
  readonly section: SectionName;
  readonly tables: boolean;
  readonly form: RunForm | undefined;
}

export class LabStore {
  readonly #connection: Connection<LabHostApi, Kept>;
  readonly #state = signal<LabState | undefined>(undefined);
  readonly #form = signal<RunForm | undefined>(undefined);
  readonly #logs = new Map<LabRunId, RunLog>();
  readonly section = signal<SectionName>('vocabulary');
  readonly tables = signal(false);
  readonly width = signal(640);
  readonly spoken = signal('');
  readonly keysShown = signal(false);
  /** Shown on top until the next thing is asked for. */
  readonly failure = signal<Failure | undefined>(undefined);
  readonly isReady: ReadonlySignal<boolean> = computed(() => this.#state.value !== undefined);
  readonly lab: Lab;

  constructor(language: 'en' | 'ja') {
    const learning = signal<Progress | undefined>(undefined);
    const opened = signal<Experiment | undefined>(undefined);
    this.#connection = connect<LabHostApi, Kept>(
      {
        update: (state) => {
          this.#update(state);
        },
        run: (run, news) => {
          this.#news(run, news);
        },
        learning: (progress) => {
          learning.value = progress;
        },
        learnFrom: (source) => {
          const form = this.lab.form.peek();
          this.#form.value = { ...form, corpora: [{ ...source, weight: 1 }] };
          this.open('vocabulary');
        },
        opened: (experiment) => {
          opened.value = experiment;
          this.section.value = 'experiments';
        },
      } satisfies LabPanelEvents,
      ['cancelLearning', 'showLog'],
    );
    this.lab = {
      host: this.#connection.host,
      state: computed(() => known(this.#state.value)),
      form: formOf(this.#form),
      logOf: (run) => this.#logOf(run),
      learning,
      opened,
      t,
      language,
      say: (sentence) => {
        this.spoken.value = sentence;
      },
      tables: this.tables,
      width: this.width,
      open: (section) => {
        this.open(section);
      },
      ask: (answer) => {
        this.failure.value = undefined;
        return this.#hear(answer);
      },
      hear: (answer) => this.#hear(answer),
      failureText: (failure) => describeFailure(failure, translateAny),
    };
  }

  /** Asks the host for everything; the page shows nothing before. */
  async start(): Promise<void> {
    const kept = remembered(this.#connection.remembered);
    if (kept) {
      this.section.value = kept.section;
      this.tables.value = kept.tables;
      this.#form.value = kept.form;
    }
    const state = await this.#hear(this.lab.host.ready());
    if (state !== undefined) this.#update(state);
  }

  open(section: SectionName): void {
    this.section.value = section;
    this.failure.value = undefined;
    this.keep();
    this.spoken.value = t(`lab.section.${section}`);
  }

  /** Keeps where the person is and what was filled in. */
  keep(form = this.#form.peek()): void {
    const { section, tables } = this;
    this.#connection.remember({
      version: 1,
      section: section.peek(),
      tables: tables.peek(),
      form,
    });
  }

  #update(state: LabState): void {
    batch(() => {
      this.#form.value ??= state.presets.training;
      this.#state.value = state;
      const { training, helo, experiment } = state;
      const runs = [
        training,
        helo,
        experiment?.description.baseline,
        experiment?.description.twin,
      ].filter((run) => run !== undefined);
      for (const run of runs) this.#logs.get(run.run)?.describe(run);
      // An engine that was started anew counts its runs anew.
      for (const id of this.#logs.keys())
        if (!runs.some(({ run }) => run === id)) this.#logs.delete(id);
    });
  }

  #news(run: LabRunId, news: RunNews): void {
    this.#logs.get(run)?.take(news);
  }

  #logOf(description: RunDescription): RunLog {
    const existing = this.#logs.get(description.run);
    if (existing) return existing;
    const log = new RunLog(description);
    this.#logs.set(description.run, log);
    void this.#hear(this.lab.host.history({ run: description.run, after: 0 })).then((history) => {
      if (history) log.begin(history);
    });
    return log;
  }

  async #hear<Value>(answer: Promise<Outcome<Value>>): Promise<Value | undefined> {
    const outcome = await settled(answer);
    if (outcome.ok) return outcome.value;
    if (outcome.failure.code !== 'cancelled') this.failure.value = outcome.failure;
    return undefined;
  }
}

async function settled<Value>(answer: Promise<Outcome<Value>>): Promise<Outcome<Value>> {
  try {
    return await answer;
  } catch (thrown) {
    return { ok: false, failure: failureOf(thrown) };
  }
}

/** The form as sections see it, which exist only after the host has answered. */
function formOf(source: Signal<RunForm | undefined>): Lab['form'] {
  return {
    get value() {
      return known(source.value);
    },
    set value(form) {
      source.value = form;
    },
    peek: () => known(source.peek()),
  };
}

function known<Value>(value: Value | undefined): Value {
  if (value === undefined) throw new Error('read before the host answered');
  return value;
}

function remembered(kept: Partial<Kept> | undefined): Kept | undefined {
  if (kept?.version !== 1 || !sectionNames.some((name) => name === kept.section)) return undefined;
  return kept as Kept;
}
