/** The frame: head, token strip, rail, the open step with its side, timeline. It is drawn once; its parts watch signals. */
import { computed, effect, signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type * as seldomScript from '../seldom';
import { working } from '../picture/paintQueue';
import type { Store } from '../store';
import type { View } from '../view';
import type { Stages } from '../views';
import { watch, watchInTurn } from '../watch';
import { condition } from './condition';
import { head } from './head';
import { measured } from './measured';
import { rail } from './rail';
import { strip } from './strip';
import { timeline } from './timeline';

export function shell(store: Store, stages: Stages): TemplateResult {
  const { t } = store.inspector;
  const { verified, timesShown, copies, copiesFor, keysShown } = store.sheets;
  const number = late(
    () => verified.value,
    '.verification',
    ({ verifySheet }) => (verified.value ? verifySheet(store, verified.value) : nothing),
  );
  const flames = late(
    () => timesShown.value,
    '.times',
    ({ times }) => (store.isReady.value ? times(store) : nothing),
  );
  // The list of keys leaves the focus where it is.
  const keys = late(
    () => keysShown.value,
    ':focus',
    ({ keySheet }) => keySheet(store),
  );
  const hasCopies = computed(() => copies.value !== undefined);
  const offers = late(
    () => hasCopies.value && copiesFor.value,
    '.copies [data-wanted]',
    ({ copySheet }) => (copies.value ? copySheet(store, copies.value) : nothing),
  );
  return html`<div class="app">
      <a class="skip" href="#stage" @click=${skip}>${t('inspector.skip')}</a>
      ${watch(() => (store.state.value ? head(store) : nothing))}
      ${watch(() => (hasTokens(store) ? strip(store, stages) : html`<nav class="strip"></nav>`))}
      ${watch(() => (hasSteps(store) ? rail(store) : html`<nav class="rail"></nav>`))}
      ${watch(() => body(store, stages))} ${watch(flames)}
      ${watch(() => (hasText(store) ? timeline(store) : nothing))} ${watch(keys)} ${watch(offers)}
      ${watch(number)}
    </div>
    <div id="live" class="sr" aria-live="polite">${watch(() => store.spoken.value)}</div>`;
}

type Seldom = typeof seldomScript;

/**
 * What is seldom opened comes in a script of its own, with the first of it, and takes the focus once it stands.
 * `opened` tells nothing while it is closed; the focus is taken again when what it tells changes.
 */
function late(
  opened: () => unknown,
  selector: string,
  draw: (seldom: Seldom) => TemplateResult | typeof nothing,
): () => TemplateResult | typeof nothing {
  const script = signal<Seldom | undefined>(undefined);
  const isOpen = () => Boolean(opened());
  effect(() => {
    if (!isOpen()) return;
    if (script.value === undefined)
      void import('../seldom').then((seldom) => {
        script.value = seldom;
      });
    else
      queueMicrotask(() => {
        document.querySelector<HTMLElement>(selector)?.focus();
      });
  });
  return () => (isOpen() && script.value ? draw(script.value) : nothing);
}

/** While a run goes on, the text that it goes on from stays, with the ids that it has. */
function hasTokens(store: Store): boolean {
  return hasSteps(store) && store.state.value?.run !== undefined;
}

/** The frame stays while a run goes on, and with it whatever has the focus there. */
function hasSteps(store: Store): boolean {
  const kind = store.condition.value?.kind;
  return (kind === 'ready' || kind === 'running') && store.hasSubject.value;
}

/** Whether there is something that could be continued. */
function hasText(store: Store): boolean {
  const state = store.state.value;
  return state?.condition.kind !== 'empty' && state?.model !== undefined;
}

function body(store: Store, stages: Stages): TemplateResult {
  working();
  const ready = store.isReady.value;
  const view = ready ? stages.view.value : undefined;
  const { side } = view ?? {};
  return html`<div class=${side ? 'body' : 'body alone'}>
    <main
      class="stage"
      id="stage"
      tabindex="-1"
      data-step=${ready ? stages.step.value : nothing}
      ${measured(store.size)}
    >
      ${view ? watch(() => stageOf(view)) : watch(() => condition(store))}
      ${watch(() => unread(store))}
    </main>
    ${side ? html`<aside class="side">${watchInTurn(() => side())}</aside>` : nothing}
  </div>`;
}

function stageOf(view: View): TemplateResult {
  working();
  return view.stage();
}

/** Says when numbers could not be read, in place of leaving a picture empty without a word. */
function unread(store: Store): TemplateResult | typeof nothing {
  const failure = store.numbers.failure.value;
  if (failure === undefined) return nothing;
  return html`<p class="notice error" role="alert">${store.failureText(failure)}</p>`;
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('stage')?.focus();
}
