/** What a run has told, gathered: columns that grow, and one signal that says so. */
import { signal } from '@preact/signals-core';
import type {
  RunDescription,
  RunHistory,
  RunNews,
  RunSample,
  RunState,
  StepColumns,
  TensorStatistics,
} from '../../src/protocol/labApi';
import type { Validation } from '../../src/protocol/labExperiments';

export interface ValidationAt {
  readonly step: number;
  readonly validation: Validation;
}

/** Between two times that everybody is told of news. */
const gatherMs = 120;

export class RunLog {
  readonly run: number;
  /** Grows with everything that comes. */
  readonly news = signal(0);
  readonly description = signal<RunDescription | undefined>(undefined);
  readonly state = signal<RunState>({ state: 'paused' });
  readonly steps: number[] = [];
  readonly nats: number[] = [];
  readonly gradientNorm: number[] = [];
  readonly rate: number[] = [];
  readonly ms: number[] = [];
  readonly statistics: TensorStatistics[] = [];
  readonly validations: ValidationAt[] = [];
  readonly samples: RunSample[] = [];
  readonly snapshots: number[] = [];
  /** Step of the last checkpoint. */
  saved: number | undefined;
  /** Set when its device was lost. */
  moved: Pick<Extract<RunNews, { kind: 'moved' }>, 'step' | 'device' | 'why'> | undefined;
  /** News that came before the history did. */
  #early: RunNews[] | undefined = [];
  #bell: ReturnType<typeof setTimeout> | undefined;

  constructor(description: RunDescription) {
    this.run = description.run;
    this.describe(description);
  }

  /** Steps made. */
  get step(): number {
    return this.steps.at(-1) ?? this.description.peek()?.step ?? 0;
  }

  /** Whoever draws calls it, and draws again when there is more. */
  follow(): number {
    return this.news.value;
  }

  describe(description: RunDescription): void {
    this.description.value = description;
    this.state.value = description.state;
  }

  /** What was told before the page listened; what came meanwhile is added behind it. */
  begin(history: RunHistory): void {
    if (this.#early === undefined) return;
    if (history.steps) this.#append(history.steps);
    this.statistics.push(...history.statistics);
    this.validations.push(...history.validations);
    this.samples.push(...history.samples);
    for (const step of history.snapshots) this.#snapshot(step);
    const early = this.#early;
    this.#early = undefined;
    for (const news of early) this.#take(news);
    this.#ring();
  }

  take(news: RunNews): void {
    if (news.kind === 'state') this.state.value = news.state;
    if (this.#early !== undefined) this.#early.push(news);
    else {
      this.#take(news);
      this.#ring();
    }
  }

  /** A small model makes hundreds of steps a second; charts are drawn for several of them at once. */
  #ring(): void {
    this.#bell ??= setTimeout(() => {
      this.#bell = undefined;
      this.news.value += 1;
    }, gatherMs);
  }

  #take(news: RunNews): void {
    switch (news.kind) {
      case 'steps':
        this.#append(news.steps);
        return;
      case 'statistics':
        if (isLater(news.statistics, this.statistics)) this.statistics.push(news.statistics);
        return;
      case 'validation':
        if (isLater(news, this.validations)) this.validations.push(news);
        return;
      case 'sample':
        if (!this.samples.some((known) => isSameSample(known, news.sample)))
          this.samples.push(news.sample);
        return;
      case 'snapshot':
        this.#snapshot(news.step);
        return;
      case 'saved':
        this.saved = news.step;
        return;
      case 'moved':
        this.#goBack(news);
        return;
      case 'state':
        return;
    }
  }

  /** What came behind a step will come again, from another device. */
  #goBack({ step, device, why }: Extract<RunNews, { kind: 'moved' }>): void {
    this.moved = { step, device, why };
    const kept = this.steps.filter((made) => made <= step).length;
    for (const column of [this.steps, this.nats, this.gradientNorm, this.rate, this.ms]) {
      column.length = kept;
    }
    for (const told of [this.statistics, this.validations, this.samples]) {
      told.length = told.findLastIndex((one) => one.step <= step) + 1;
    }
    this.snapshots.length = this.snapshots.findLastIndex((at) => at <= step) + 1;
    const known = this.description.peek();
    if (known !== undefined) this.description.value = { ...known, device, step };
  }

  #append({ first, nats, gradientNorm, rate, ms }: StepColumns): void {
    const known = this.steps.at(-1) ?? 0;
    for (let row = Math.max(0, known + 1 - first); row < nats.length; row++) {
      this.steps.push(first + row);
      this.nats.push(nats[row] ?? Number.NaN);
      this.gradientNorm.push(gradientNorm[row] ?? Number.NaN);
      this.rate.push(rate[row] ?? Number.NaN);
      this.ms.push(ms[row] ?? Number.NaN);
    }
  }

  #snapshot(step: number): void {
    if (this.snapshots.includes(step)) return;
    this.snapshots.push(step);
    this.snapshots.sort((a, b) => a - b);
  }
}

function isLater(
  { step }: { readonly step: number },
  known: readonly { readonly step: number }[],
): boolean {
  return step > (known.at(-1)?.step ?? -1);
}

function isSameSample(a: RunSample, b: RunSample): boolean {
  return a.step === b.step && a.prompt === b.prompt;
}
