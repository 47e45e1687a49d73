/**
 * The numbers of the run on screen, pulled from the engine when a view first reads them.
 * Reading is reactive: the answer is undefined until it arrives, and whoever read it is run again when it does.
 * Answers belong to one run; those of an older run are dropped, never shown.
 */
import { signal, untracked, type ReadonlySignal, type Signal } from '@preact/signals-core';
import type { Failure } from '../src/protocol/failures';
import { failureOf, TokenscopeError } from '../src/protocol/failures';
import type { ComparedRead, HostApi, LongRead, PanelReads } from '../src/protocol/panelApi';
import type { NumberBlock, RunId } from '../src/protocol/runs';
import { Framed, type NextFrame } from './framed';
import { KeptAnswers } from './keptAnswers';

type Request<Method extends keyof PanelReads> = Parameters<PanelReads[Method]>[0];
type Answer<Method extends keyof PanelReads> = Awaited<ReturnType<PanelReads[Method]>>;
/** A request without the run: that is always the one on screen. */
type Question<Method extends keyof PanelReads> = Omit<Request<Method>, 'run'>;

/** Where numbers are read. Long reads are the own run's alone. */
type Readers = Pick<HostApi, ComparedRead> & Partial<Pick<HostApi, LongRead>>;

/** More than what any view shows at once. */
const keptBytes = 2 ** 28;

const onAnimationFrame: NextFrame = (callback) => {
  requestAnimationFrame(callback);
};

interface Expected {
  readonly key: string;
  readonly answer: Signal<unknown>;
}

export class Numbers {
  readonly #host: Readers;
  readonly #run: ReadonlySignal<RunId | undefined>;
  readonly #answers = new KeptAnswers(keptBytes);
  readonly #arrivals: Framed;
  readonly #failure = signal<Failure | undefined>(undefined);
  #answersRun: RunId | undefined;

  constructor(
    host: Readers,
    run: ReadonlySignal<RunId | undefined>,
    nextFrame: NextFrame = onAnimationFrame,
  ) {
    this.#host = host;
    this.#run = run;
    this.#arrivals = new Framed(nextFrame);
  }

  /** The last read that failed, until one succeeds. */
  get failure(): ReadonlySignal<Failure | undefined> {
    return this.#failure;
  }

  /** Any reading method of the host, e.g. `ask('lens', { top: 5 })`. Undefined until the answer is there. */
  ask<Method extends keyof PanelReads>(
    method: Method,
    question: Question<Method>,
  ): Answer<Method> | undefined {
    return this.askOf(this.#run.value, method, question);
  }

  /** The same of another run that belongs to the one on screen, such as the one without its edits. */
  askOf<Method extends keyof PanelReads>(
    run: RunId | undefined,
    method: Method,
    question: Question<Method>,
  ): Answer<Method> | undefined {
    this.#forgetOthers(this.#run.value);
    if (run === undefined) return undefined;
    const key = `${String(run)} ${method} ${JSON.stringify(question)}`;
    let answer = this.#answers.find(key);
    if (answer === undefined) {
      answer = this.#answers.expect(key);
      void this.#fetch(method, { ...question, run }, { key, answer });
    }
    return answer.value as Answer<Method> | undefined;
  }

  /** Asks for an activation that is likely to be wanted next; nobody waits for it. */
  lookAhead(name: string, index: readonly number[]): void {
    untracked(() => this.activation(name, index));
  }

  /** One activation; `index` fixes leading axes: `activation('blocks.0.attn.pattern', [head])` is [Q, K]. */
  activation(name: string, index: readonly number[] = []): NumberBlock | undefined {
    return this.ask('activation', { name, index });
  }

  /** One weight under its name in the file; `index` fixes leading axes. */
  weight(name: string, index: readonly number[] = []): NumberBlock | undefined {
    return this.ask('weight', { name, index });
  }

  #forgetOthers(run: RunId | undefined): void {
    if (run === this.#answersRun) return;
    this.#answersRun = run;
    this.#answers.clear();
  }

  async #fetch(
    method: keyof PanelReads,
    request: Record<string, unknown>,
    { key, answer }: Expected,
  ): Promise<void> {
    const shown = this.#answersRun;
    try {
      // The method and its request were matched by `ask`; a union of functions cannot say so.
      const read = this.#host[method] as (request: unknown) => ReturnType<HostApi['lens']>;
      const outcome = await read(request);
      if (!outcome.ok) throw new TokenscopeError(outcome.failure);
      this.#arrivals.tell(() => {
        this.#answers.arrived(key, answer, outcome.value);
        this.#failure.value = undefined;
      });
    } catch (thrown) {
      const failure = failureOf(thrown);
      if (shown !== this.#answersRun) return;
      // What was ended on purpose is no failure, and may be asked for again.
      if (failure.code !== 'cancelled') this.#failure.value = failure;
      else this.#answers.forget(key, answer);
    }
  }
}
