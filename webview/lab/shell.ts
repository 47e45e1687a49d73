/** The frame of the lab: the rail of its places, the open one, what went wrong, the list of keys. */
import { html, nothing, type TemplateResult } from 'lit';
import { measuredWidth } from './measuredWidth';
import { roving } from '../roving';
import { watch } from '../watch';
import { sectionNames, type Section, type SectionName } from './lab';
import type { LabStore } from './store';

export type Sections = Readonly<Record<SectionName, Section>>;

export function shell(store: LabStore, sections: Sections): TemplateResult {
  const { t } = store.lab;
  return html`<div class="lab">
      <a class="skip" href="#stage" @click=${skip}>${t('inspector.skip')}</a>
      <nav class="places" aria-label=${t('lab.places')}>
        <div role="tablist" aria-orientation="vertical" ${roving('choose')}>
          ${watch(() => sectionNames.map((name) => place(store, sections, name)))}
        </div>
        <div class="foot">
          <button
            class="quiet"
            aria-expanded=${watch(() => String(store.keysShown.value))}
            @click=${() => {
              store.keysShown.value = !store.keysShown.value;
            }}
          >
            ${t('inspector.keys')} <kbd>?</kbd>
          </button>
        </div>
      </nav>
      <main
        class="stage"
        id="stage"
        role="tabpanel"
        tabindex="-1"
        aria-labelledby=${watch(() => `place-${store.section.value}`)}
        data-step=${watch(() => store.section.value)}
        ${measuredWidth(store.width)}
      >
        ${watch(() => notice(store))} ${watch(() => stage(store, sections))}
      </main>
      ${watch(() => (store.keysShown.value ? keys(store) : nothing))}
    </div>
    <div id="live" class="sr" aria-live="polite">${watch(() => store.spoken.value)}</div>`;
}

function place(store: LabStore, sections: Sections, name: SectionName): TemplateResult {
  const isOpen = store.section.value === name;
  const section = sections[name];
  return html`<button
    class="place"
    id=${`place-${name}`}
    role="tab"
    tabindex=${isOpen ? 0 : -1}
    aria-selected=${isOpen ? 'true' : 'false'}
    aria-controls="stage"
    @click=${() => {
      store.open(name);
    }}
  >
    <span class="node" aria-hidden="true">${sectionNames.indexOf(name) + 1}</span>
    <span class="name">${store.lab.t(`lab.section.${name}`)}</span>
    <span class="state">${watch(() => (store.isReady.value ? (section.says?.() ?? '') : ''))}</span>
  </button>`;
}

function stage(store: LabStore, sections: Sections): unknown {
  const name = store.section.value;
  if (!store.isReady.value) return starting(store);
  const { t } = store.lab;
  return html`<header class="title"><h1>${t(`lab.section.${name}`)}</h1></header>
    <p class="lead">${t(`lab.lead.${name}`)}</p>
    ${watch(() => stopped(store))} ${watch(() => sections[name].stage())}`;
}

/** Nothing while the failure on top says why. */
function starting(store: LabStore): TemplateResult | typeof nothing {
  if (store.failure.value) return nothing;
  return html`<div class="condition running" role="status">
    <i class="progress"></i>
    <p>${store.lab.t('inspector.health.starting')}</p>
  </div>`;
}

/** Says that the worker went away, and what that means for what was open. */
function stopped(store: LabStore): TemplateResult | typeof nothing {
  const failure = store.lab.state.value.stopped;
  if (failure === undefined) return nothing;
  const { t, host, ask, failureText } = store.lab;
  return html`<div class="notice" role="alert">
    <p>${failureText(failure)} ${t('lab.stopped')}</p>
    <button class="link" data-focus="reopen" @click=${() => void ask(host.reopen())}>
      ${t('lab.reopen')}
    </button>
  </div>`;
}

function notice(store: LabStore): TemplateResult | typeof nothing {
  const failure = store.failure.value;
  if (failure === undefined) return nothing;
  const { t, host, failureText } = store.lab;
  return html`<div class="notice" role="alert">
    <p>${failureText(failure)}</p>
    <button
      class="link"
      @click=${() => {
        host.showLog();
      }}
    >
      ${t('inspector.showLog')}
    </button>
  </div>`;
}

const keyRows = [
  ['1–5', 'lab.keys.places'],
  ['N', 'lab.keys.step'],
  ['Space', 'lab.keys.run'],
  ['← →', 'lab.keys.back'],
  ['T', 'lab.keys.tables'],
  ['Esc', 'lab.keys.close'],
] as const;

function keys({ lab: { t } }: LabStore): TemplateResult {
  return html`<section class="sheet" aria-label=${t('inspector.keys')}>
    <h2>${t('inspector.keys')}</h2>
    <dl>
      ${keyRows.map(
        ([key, says]) =>
          html`<dt><kbd>${key}</kbd></dt>
            <dd>${t(says)}</dd>`,
      )}
    </dl>
  </section>`;
}

function skip(event: Event): void {
  event.preventDefault();
  document.getElementById('stage')?.focus();
}
