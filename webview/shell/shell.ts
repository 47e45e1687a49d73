/** The frame: head, token strip, rail, the open step with its side, timeline. It is drawn once; its parts watch signals. */
import { effect, signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { Store } from '../store';
import type { Stages } from '../views';
import { watch } from '../watch';
import { condition } from './condition';
import { copySheet } from './copySheet';
import { head } from './head';
import { keySheet } from './keySheet';
import { measured } from './measured';
import { rail } from './rail';
import { strip } from './strip';
import { timeline } from './timeline';
import { times } from './times';
import type { verifySheet } from './verifySheet';

export function shell(store: Store, stages: Stages): TemplateResult {
  const { t } = store.inspector;
  const verification = verificationOf(store);
  return html`<div class="app">
      <a class="skip" href="#stage" @click=${skip}>${t('inspector.skip')}</a>
      ${watch(() => (store.state.value ? head(store) : nothing))}
      ${watch(() => (hasTokens(store) ? strip(store, stages) : html`<nav class="strip"></nav>`))}
      ${watch(() => (hasSteps(store) ? rail(store) : html`<nav class="rail"></nav>`))}
      ${watch(() => body(store, stages))}
      ${watch(() => (store.sheets.timesShown.value && store.isReady.value ? times(store) : nothing))}
      ${watch(() => (hasText(store) ? timeline(store) : nothing))}
      ${watch(() => (store.sheets.keysShown.value ? keySheet(store) : nothing))}
      ${watch(() => (store.sheets.copies.value ? copySheet(store, store.sheets.copies.value) : nothing))}
      ${watch(verification)}
    </div>
    <div id="live" class="sr" aria-live="polite">${watch(() => store.spoken.value)}</div>`;
}

/** The sheet of a number, which takes the focus; its script is loaded with the first. */
function verificationOf(store: Store): () => TemplateResult | typeof nothing {
  const sheet = signal<typeof verifySheet | undefined>(undefined);
  effect(() => {
    if (store.sheets.verified.value === undefined) return;
    if (sheet.value === undefined)
      void import('../seldom').then((seldom) => {
        sheet.value = seldom.verifySheet;
      });
    else
      queueMicrotask(() => {
        document.querySelector<HTMLElement>('.verification')?.focus();
      });
  });
  return () => {
    const number = store.sheets.verified.value;
    return number && sheet.value ? sheet.value(store, number) : nothing;
  };
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
      ${view ? watch(() => view.stage()) : watch(() => condition(store))}
      ${watch(() => unread(store))}
    </main>
    ${side ? html`<aside class="side">${watch(() => side())}</aside>` : nothing}
  </div>`;
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
