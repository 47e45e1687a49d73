/**
 * Everything the panel knows, as signals: the host's snapshot, where the person looks, what is pointed at, and the
 * numbers pulled so far. The host owns the snapshot; the panel owns only the place.
 */
import { batch, computed, effect, signal, type ReadonlySignal } from '@preact/signals-core';
import { describeFailure } from '../src/protocol/describeFailure';
import { failureOf, type Failure } from '../src/protocol/failures';
import type { Condition, HostApi, PanelEvents, PanelState, Place } from '../src/protocol/panelApi';
import { startPlace } from '../src/protocol/panelApi';
import type { RunId } from '../src/protocol/runs';
import { connect, type Connection } from './host';
import { t, translateAny, type MessageKey } from './l10n';
import { Labels } from './labels';
import { Numbers } from './numbers';
import { OtherSide } from './otherSide';
import { intentOf, PageMoves, readPlace, validPlace } from './place';
import { PlaceHistory } from './placeHistory';
import { Sheets } from './sheets';
import { pointsAtSame, present, showsSame, subjectOf } from './subject';
import type { Direction, Inspector, Pointed, Size, Subject, ValidPlace } from './view';
import { Vocabulary } from './vocabulary';

/** What the host is told without waiting for an answer. */
const tellings: readonly (keyof HostApi)[] = [
  'moved',
  'generate',
  'goTo',
  'goBy',
  'setSampling',
  'edit',
  'compare',
  'chooseComparison',
  'keepBranch',
  'nameBranch',
  'openBranch',
  'dropBranch',
  'cancel',
  'cancelRead',
  'retry',
  'showLog',
  'reveal',
  'copyLink',
  'savePicture',
  'saveTrace',
];

export class Store {
  readonly #connection: Connection<HostApi, Place>;
  readonly #moves = new PageMoves();
  readonly history = new PlaceHistory();
  readonly #state = signal<PanelState | undefined>(undefined);
  readonly #subject = signal<Subject | undefined>(undefined);
  readonly #intent = signal<Place>(startPlace);
  readonly #pointed = signal<Pointed | undefined>(undefined);
  readonly #vocabulary = signal<Vocabulary | undefined>(undefined);
  readonly #progress = signal<Inspector['progress']['value']>(undefined);
  readonly #startFailure = signal<Failure | undefined>(undefined);
  #vocabularyOf = '';
  #lostRun: RunId | undefined;

  /** Room for the picture, measured by the shell. */
  readonly size = signal<Size>({ width: 640, height: 640, besides: true });
  readonly calm = signal(false);
  /** What the live region says. */
  readonly spoken = signal('');
  #resting: () => Pointed | undefined = () => undefined;

  /** Undefined until the host answered. */
  readonly condition: ReadonlySignal<Condition | undefined> = computed(() => {
    const failure = this.#startFailure.value;
    return failure ? { kind: 'failed', failure } : this.#state.value?.condition;
  });
  /** Whether there is a picture to show. */
  readonly isReady: ReadonlySignal<boolean> = computed(
    () => this.condition.value?.kind === 'ready' && this.#state.value?.run !== undefined,
  );
  /** Whether a run has ever been shown, so that there are steps to speak of. */
  readonly hasSubject: ReadonlySignal<boolean> = computed(() => this.#subject.value !== undefined);
  readonly numbers: Numbers;
  readonly inspector: Inspector;
  readonly sheets: Sheets;

  constructor(language: 'en' | 'ja') {
    this.#connection = connect<HostApi, Place>(
      {
        update: (state) => {
          this.#update(state);
        },
        progress: (read, progress) => {
          this.#progress.value = { read, progress };
        },
        pointed: (token) => {
          if (token !== undefined) this.#intent.value = { ...this.#intent.value, token };
        },
      } satisfies PanelEvents,
      tellings,
    );
    const { host } = this.#connection;
    this.numbers = new Numbers(
      host,
      computed(() => this.#state.value?.run?.run),
    );
    const labels = new Labels(this.#subject, this.#vocabulary);
    this.inspector = {
      state: present(this.#state),
      subject: present(this.#subject),
      place: computed(() => this.#place()),
      set: (patch) => {
        this.#move(patch);
      },
      pointed: this.#pointed,
      point: (what) => {
        if (!pointsAtSame(what, this.#pointed.value)) this.#pointed.value = what;
      },
      numbers: this.numbers,
      progress: this.#progress,
      verify: () => {
        this.sheets.toggleVerification();
      },
      labels,
      part: signal(undefined),
      other: new OtherSide(host, this.#state, { subject: this.#subject, labels }),
      host,
      size: this.size,
      calm: this.calm,
      language,
      t,
      say: (sentence) => {
        this.spoken.value = sentence;
      },
    };
    this.sheets = new Sheets(this.inspector, () => this.pointedNow);
  }

  /** The snapshot, undefined until the host answered. */
  get state(): ReadonlySignal<PanelState | undefined> {
    return this.#state;
  }

  /** What the open view counts as pointed at while nothing is. */
  restsAt(resting: () => Pointed | undefined): void {
    this.#resting = resting;
  }

  /** What counts as pointed at now. */
  get pointedNow(): Pointed | undefined {
    return this.#pointed.peek() ?? this.#resting();
  }

  /** The sentence for a failure, in the person's language. */
  failureText(failure: Failure): string {
    return describeFailure(failure, translateAny);
  }

  /** Asks the host for everything; the panel shows nothing before. */
  async start(): Promise<void> {
    const remembered = readPlace(this.#connection.remembered);
    if (remembered) this.#intent.value = remembered;
    effect(() => {
      this.#runAgainWhenLost(this.numbers.failure.value);
    });
    effect(() => {
      this.#runAgainWhenLost(this.inspector.other.numbers.failure.value);
    });
    try {
      this.#update(await this.#connection.host.ready(remembered));
    } catch (thrown) {
      this.#startFailure.value = failureOf(thrown);
    }
  }

  /** An engine that was started anew knows no run; once for each run the host is asked to make it again. */
  #runAgainWhenLost(failure: Failure | undefined): void {
    const run = this.#state.peek()?.run?.run;
    if (failure?.code !== 'run-unknown' || run === this.#lostRun) return;
    this.#lostRun = run;
    this.#connection.host.retry();
  }

  #update(state: PanelState): void {
    batch(() => {
      this.#startFailure.value = undefined;
      if (!this.#moves.isOvertaken(state) && !isSame(state.place, this.#intent.value))
        this.#intent.value = state.place;
      if (state.run?.run !== this.#state.value?.run?.run) {
        this.#pointed.value = undefined;
        this.sheets.forgetRun();
      }
      this.#state.value = state;
      const subject = subjectOf(state);
      if (subject && !showsSame(subject, this.#subject.value)) this.#subject.value = subject;
    });
    void this.#readVocabulary(state);
  }

  #place(): ValidPlace {
    const subject = this.#subject.value;
    const intent = this.#intent.value;
    return subject
      ? validPlace(intent, subject)
      : { ...intent, position: Math.max(0, intent.token) };
  }

  #move(patch: Partial<Place>): void {
    const subject = this.#subject.value;
    const wanted = { ...this.#intent.value, ...patch };
    const place = subject ? intentOf(validPlace(wanted, subject)) : wanted;
    if (isSame(place, this.#intent.value)) return;
    this.history.moved(this.#intent.value, place);
    this.#go(place);
  }

  /** Goes to where the person looked before, or forward again. */
  walk(by: Direction): void {
    const place = this.history.walk(this.#intent.value, by);
    if (place !== undefined) this.#go(place);
  }

  #go(place: Place): void {
    if (place.step !== this.#intent.value.step) this.spoken.value = t(stepName(place.step));
    this.#intent.value = place;
    this.#connection.remember(place);
    this.#connection.host.moved(place, this.#moves.next());
  }

  async #readVocabulary({ model }: PanelState): Promise<void> {
    const key = model === undefined ? '' : JSON.stringify([model.name, model.location]);
    if (key === this.#vocabularyOf || !model?.hasTokenizer) return;
    this.#vocabularyOf = key;
    const outcome = await this.#connection.host.vocabulary({});
    if (this.#vocabularyOf !== key) return;
    this.#vocabulary.value = outcome.ok ? new Vocabulary(outcome.value) : undefined;
    // A failed read is tried again with the next snapshot.
    if (!outcome.ok) this.#vocabularyOf = '';
  }
}

function isSame(a: Place, b: Place): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function stepName(step: Place['step']): MessageKey {
  return step === 'overview' ? 'inspector.overview' : `inspector.step.${step}`;
}
