/** Side B of a comparison as the views read it: the same as of the run on screen, pulled from where B lives. */
import { computed, effect, signal, type ReadonlySignal } from '@preact/signals-core';
import { bothOf, align, type Alignment } from '../src/protocol/alignment';
import type { Comparison } from '../src/protocol/comparison';
import {
  comparedReads,
  type HostApi,
  type PanelReads,
  type PanelState,
} from '../src/protocol/panelApi';
import { Labels } from './labels';
import { Numbers } from './numbers';
import { subjectOf } from './subject';
import type { Subject } from './view';
import { Vocabulary } from './vocabulary';

export class OtherSide {
  /** What is compared with, whether or not there are numbers of it yet. */
  readonly comparison: ReadonlySignal<Comparison | undefined>;
  /** Undefined until side B was run. */
  readonly subject: ReadonlySignal<Subject | undefined>;
  readonly numbers: Numbers;
  readonly labels: Labels;
  /** Which positions of both runs belong together; undefined while one of them is missing. */
  readonly alignment: ReadonlySignal<Alignment | undefined>;
  /** The aligned positions as `EngineApi.difference` takes them. */
  readonly pairs: ReadonlySignal<readonly number[]>;
  /** A pair without a token of A, while that is looked at; everything else is where the place says. */
  readonly lonely = signal<number | undefined>(undefined);
  readonly #host: HostApi;
  readonly #vocabulary = signal<Vocabulary | undefined>(undefined);
  #vocabularyOf: unknown;

  constructor(
    host: HostApi,
    state: ReadonlySignal<PanelState | undefined>,
    own: { readonly subject: ReadonlySignal<Subject | undefined>; readonly labels: Labels },
  ) {
    this.#host = host;
    this.comparison = computed(() => state.value?.comparison);
    this.subject = computed(() => {
      const other = this.comparison.value?.other;
      return other && subjectOf({ ...other, unedited: undefined });
    });
    this.numbers = new Numbers(
      readers(host),
      computed(() => this.subject.value?.run.run),
    );
    const vocabulary = computed(() =>
      this.hasOwnModel ? this.#vocabulary.value : own.labels.vocabulary,
    );
    this.labels = new Labels(this.subject, vocabulary);
    this.alignment = computed(() => {
      const [a, b] = [own.subject.value, this.subject.value];
      return a && b ? align(keysOf(a), keysOf(b)) : undefined;
    });
    this.pairs = computed(() => (this.alignment.value ? bothOf(this.alignment.value) : []));
    effect(() => {
      if (this.hasOwnModel && this.subject.value) void this.#readVocabulary(this.subject.value);
    });
  }

  /** Whether side B has another model, and with it channels and ids that may mean other things. */
  get hasOwnModel(): boolean {
    return this.comparison.value?.with.kind === 'model';
  }

  async #readVocabulary({ model }: Subject): Promise<void> {
    if (this.#vocabularyOf === model) return;
    this.#vocabularyOf = model;
    const outcome = await this.#host.compared('vocabulary', {});
    if (this.#vocabularyOf !== model) return;
    this.#vocabulary.value = outcome.ok ? new Vocabulary(outcome.value) : undefined;
  }
}

/** Tokens are the same when their texts are: two models may number them differently. */
function keysOf({ text, tokens, run, length }: Subject): readonly string[] {
  return Array.from({ length }, (_, position) => {
    const index = position + run.dropped;
    const part = `${String(tokens.part[index] ?? 0)}/${String(tokens.parts[index] ?? 1)}`;
    return `${part} ${text.slice(tokens.starts[index], tokens.ends[index])}`;
  });
}

type Readers = Pick<HostApi, (typeof comparedReads)[number]>;

function readers(host: HostApi): Readers {
  const entries = comparedReads.map((method) => {
    const read = (request: Parameters<PanelReads[typeof method]>[0]) =>
      host.compared(method, request);
    return [method, read] as const;
  });
  // Each method is asked under its own name.
  return Object.fromEntries(entries) as unknown as Readers;
}
