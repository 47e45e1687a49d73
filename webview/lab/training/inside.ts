/** Inside the model at any snapshot: the map of its embedding, a pattern, the lens, and what it expects of one sentence. */
import { effect, signal, untracked } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { Snapshot } from '../../../src/protocol/labApi';
import { Labels } from '../../labels';
import { grouped } from '../../picture/numbers';
import { Vocabulary } from '../../vocabulary';
import { watch } from '../../watch';
import { choice, slider, textField } from '../fields';
import type { Lab } from '../lab';
import { Pull } from '../pull';
import type { RunLog } from '../runLog';
import { planeOf, type Plane } from './flatten';
import { insidePictures } from './insidePictures';

/** Between two looks at a model that goes on learning. */
const restMs = 300;
/** Guesses and lens rows that are asked for. */
const top = 8;

export class Inside {
  readonly #lab: Lab;
  readonly #pull = new Pull<Snapshot>(restMs);
  readonly #vocabulary = signal<Vocabulary | undefined>(undefined);
  readonly #labels = new Labels(signal(undefined), this.#vocabulary);
  /** Place on the scrubber: the snapshots in order. Undefined is behind them, now. */
  readonly #at = signal<number | undefined>(undefined);
  readonly #text = signal<string | undefined>(undefined);
  readonly #head = signal({ block: 0, head: 0 });
  readonly #current = signal<RunLog | undefined>(undefined);
  /** The plane of the newest weights that were looked at. */
  #plane: { readonly step: number; readonly plane: Plane } | undefined;
  #isWatching = false;

  constructor(lab: Lab) {
    this.#lab = lab;
  }

  stage(log: RunLog): TemplateResult {
    untracked(() => {
      this.#begin(log);
      this.#watch();
    });
    const { t } = this.#lab;
    return html`<section class="inside">
      <h2>${t('lab.inside.title')}</h2>
      <div class="form">
        ${watch(() => this.#scrubber(log))}
        ${watch(() =>
          textField({
            label: t('lab.inside.text'),
            value: this.#sentence(log),
            take: (typed) => {
              this.#text.value = typed;
            },
          }),
        )}
        ${watch(() => this.#headFields(log))}
      </div>
      ${watch(() => this.#pictures())}
    </section>`;
  }

  key(key: string): boolean {
    const log = this.#current.peek();
    if (log === undefined || (key !== 'ArrowLeft' && key !== 'ArrowRight')) return false;
    const { t, say } = this.#lab;
    this.#go((this.#at.peek() ?? log.snapshots.length) + (key === 'ArrowLeft' ? -1 : 1));
    const step = untracked(() => this.#step(log));
    say(step === 'now' ? t('lab.inside.now') : t('lab.stepN', { n: step }));
    return true;
  }

  /** Another run: nothing of the one before stays. */
  #begin(log: RunLog): void {
    if (this.#current.peek() === log) return;
    const { host, hear } = this.#lab;
    this.#current.value = log;
    this.#plane = undefined;
    this.#at.value = undefined;
    this.#pull.clear();
    this.#vocabulary.value = undefined;
    void hear(host.vocabulary({ run: log.run })).then((table) => {
      if (table && this.#current.peek() === log) this.#vocabulary.value = new Vocabulary(table);
    });
  }

  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    effect(() => {
      const log = this.#current.value;
      if (log && this.#lab.state.value.training?.run === log.run) this.#ask(log);
    });
  }

  #ask(log: RunLog): void {
    const news = log.follow();
    const step = this.#step(log);
    const text = this.#sentence(log);
    const config = log.description.value?.config;
    if (text === '' || config === undefined) return;
    const head = config.layers > 0 ? { head: this.#head.value } : {};
    const request = { run: log.run, step, text, top, ...head };
    // While the run goes on, now is another step with each news.
    const key = JSON.stringify([request, step === 'now' ? [log.step, news] : '']);
    this.#pull.ask(key, () => this.#lab.host.snapshot(request));
  }

  #sentence(log: RunLog): string {
    return this.#text.value ?? log.description.value?.form.watch.prompts[0] ?? '';
  }

  #step(log: RunLog): number | 'now' {
    const place = this.#at.value;
    return place === undefined ? 'now' : (log.snapshots[place] ?? 'now');
  }

  #go(to: number): void {
    const last = this.#current.peek()?.snapshots.length ?? 0;
    this.#at.value = to >= last ? undefined : Math.max(0, to);
  }

  #scrubber(log: RunLog): TemplateResult {
    const { t } = this.#lab;
    log.follow();
    const last = log.snapshots.length;
    const step = this.#step(log);
    return slider({
      label: t('lab.inside.step'),
      value: this.#at.value ?? last,
      last,
      says: step === 'now' ? t('lab.inside.now') : grouped(step),
      take: (to) => {
        this.#go(to);
      },
    });
  }

  #headFields(log: RunLog): TemplateResult | typeof nothing {
    const config = log.description.value?.config;
    if (config === undefined || config.layers === 0) return nothing;
    const { t } = this.#lab;
    const { block, head } = this.#head.value;
    return html`${choice({
      label: t('lab.block'),
      value: String(block),
      options: numbered(config.layers),
      take: (value) => {
        this.#head.value = { block: Number(value), head };
      },
    })}
    ${choice({
      label: t('lab.head'),
      value: String(head),
      options: numbered(config.heads),
      take: (value) => {
        this.#head.value = { block, head: Number(value) };
      },
    })}`;
  }

  #pictures(): TemplateResult | typeof nothing {
    const failure = this.#pull.failure.value;
    const says = failure && this.#lab.failureText(failure);
    if (says) return html`<p class="faults" role="alert">${says}</p>`;
    const snapshot = this.#pull.value.value;
    if (snapshot === undefined || this.#vocabulary.value === undefined) return nothing;
    const plane = this.#planeFor(snapshot);
    return insidePictures(this.#lab, { snapshot, labels: this.#labels, plane });
  }

  #planeFor({ step, embedding }: Snapshot): Plane {
    if (this.#plane === undefined || step > this.#plane.step)
      this.#plane = { step, plane: planeOf(embedding, this.#plane?.plane) };
    return this.#plane.plane;
  }
}

function numbered(count: number): readonly (readonly [string, string])[] {
  return Array.from({ length: count }, (_, n) => [String(n), String(n)] as const);
}
