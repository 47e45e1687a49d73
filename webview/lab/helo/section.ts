/** `helo`: four letters on a plane, an embedding and a linear layer, one update at a time. */
import { effect, signal, untracked } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { RunDescription } from '../../../src/protocol/labApi';
import type { HeloPresets } from '../../../src/protocol/labLessons';
import type { VocabularyTable } from '../../../src/protocol/tokens';
import { watch } from '../../watch';
import { newCursor } from '../chart';
import { check, numberField, pressButton } from '../fields';
import type { Lab, Section } from '../lab';
import { Pull } from '../pull';
import { runActions } from '../runActions';
import { runControls, stateLine } from '../runControls';
import { heloCharts } from './charts';
import { plane } from './plane';
import { geometry, scoreTable, tensorTable } from './tables';
import { readWorld, weightOf, type PartName, type World } from './world';

/** Between two looks at a world that goes on by itself. */
const restMs = 200;
/** Places of the stations that are kept for their trails. */
const longestTrail = 400;

export class HeloSection implements Section {
  readonly #lab: Lab;
  readonly #world = new Pull<World>(restMs);
  readonly #trail: Float32Array[] = [];
  readonly #cursor = newCursor();
  readonly #vocabulary = signal<VocabularyTable | undefined>(undefined);
  readonly #actions;
  #shownRun: number | undefined;
  #isWatching = false;

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#actions = runActions(lab, () => lab.state.peek().helo);
  }

  says(): string {
    const { state, logOf, t } = this.#lab;
    const run = state.value.helo;
    if (run === undefined) return '';
    const log = logOf(run);
    log.follow();
    return t('lab.stepN', { n: log.step });
  }

  stage(): TemplateResult {
    untracked(() => {
      this.#watch();
    });
    const lab = this.#lab;
    const run = lab.state.value.helo;
    return html`${presets(lab)} ${run ? this.#open(run) : nothing}`;
  }

  key(key: string): boolean {
    return this.#actions.key(key);
  }

  #open(run: RunDescription): TemplateResult {
    const lab = this.#lab;
    const log = lab.logOf(run);
    return html`<div class="buttons">
        ${watch(() => runControls(lab, log, this.#actions))} ${watch(() => freezes(lab, run))}
      </div>
      ${watch(() => stateLine(lab, log))} ${watch(() => rateFields(lab, run))}
      ${watch(() => this.#pictures())} ${watch(() => heloCharts(lab, log, this.#cursor))}`;
  }

  #pictures(): TemplateResult | typeof nothing {
    const world = this.#world.value.value;
    if (world === undefined) return nothing;
    const lab = this.#lab;
    const size = Math.max(200, Math.min(420, lab.width.value));
    return html`<div class="sides helo" data-step=${world.step}>
      <div>${plane(lab, { world, trail: this.#trail, size })} ${geometry(lab, world)}</div>
      <div>
        ${tensorTable(lab, world, 'embedding')} ${tensorTable(lab, world, 'output')}
        ${scoreTable(lab, world)}
      </div>
    </div>`;
  }

  /** From the first look on, the world is read whenever its run has news. */
  #watch(): void {
    if (this.#isWatching) return;
    this.#isWatching = true;
    effect(() => {
      const run = this.#lab.state.value.helo;
      if (run) this.#follow(run);
    });
    effect(() => {
      this.#remember(this.#world.value.value);
    });
  }

  #follow(run: RunDescription): void {
    const lab = this.#lab;
    if (run.run !== this.#shownRun) this.#begin(run);
    const table = this.#vocabulary.value;
    if (table === undefined) return;
    const log = lab.logOf(run);
    const key = `${run.run} ${log.follow()} ${log.step}`;
    this.#world.ask(key, () => readWorld(lab, run, table));
  }

  #begin(run: RunDescription): void {
    const { host, hear } = this.#lab;
    this.#shownRun = run.run;
    this.#trail.length = 0;
    this.#world.clear();
    this.#vocabulary.value = undefined;
    void hear(host.vocabulary({ run: run.run })).then((table) => {
      if (this.#shownRun === run.run) this.#vocabulary.value = table;
    });
  }

  #remember(world: World | undefined): void {
    if (world === undefined) return;
    const now = world.embedding.now.values;
    if (this.#trail.at(-1)?.every((x, i) => x === now[i])) return;
    this.#trail.push(now);
    if (this.#trail.length > longestTrail) this.#trail.shift();
  }
}

function presets({ t, host, state, ask }: Lab): TemplateResult {
  const make = async (preset: keyof HeloPresets): Promise<void> => {
    await ask(host.makeRun({ slot: 'helo', form: state.peek().presets.helo[preset] }));
  };
  const names = ['start', 'explosion', 'collapse'] as const;
  return html`<div class="buttons" role="group" aria-label=${t('lab.helo.presets')}>
    ${names.map((name) =>
      pressButton({
        label: t(`lab.helo.${name}`),
        title: t(`lab.helo.${name}Hint`),
        focus: `helo-${name}`,
        press: () => void make(name),
      }),
    )}
  </div>`;
}

/** Both parts can be held where they are; what is held still reads and is read. */
function freezes({ t, host, ask }: Lab, run: RunDescription): TemplateResult {
  const frozen = run.form.training.freeze;
  const parts: readonly PartName[] = ['embedding', 'output'];
  return html`${parts.map((part) => {
    const name = weightOf(run, part);
    if (name === undefined) return nothing;
    const glob = `${name.slice(0, name.lastIndexOf('.'))}.*`;
    return check({
      label: t(`lab.helo.freeze.${part}`),
      checked: frozen.includes(glob),
      take: (checked) => {
        const freeze = checked ? [...frozen, glob] : frozen.filter((other) => other !== glob);
        void ask(host.change({ run: run.run, change: { freeze } }));
      },
    });
  })}`;
}

function rateFields({ t, host, ask }: Lab, run: RunDescription): TemplateResult {
  const { training } = run.form;
  return html`<div class="form">
    ${numberField({
      label: t('lab.training.rate'),
      value: run.fixedRate ?? training.rate,
      allowed: { from: 0, to: 1e6 },
      take: (rate) => void ask(host.change({ run: run.run, change: { rate } })),
    })}
    ${numberField({
      label: t('lab.training.decay'),
      value: training.decay,
      allowed: { from: 0, to: 1e3 },
      take: (decay) => void ask(host.change({ run: run.run, change: { decay } })),
    })}
  </div>`;
}
