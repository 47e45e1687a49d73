/** The head line: what is looked at, by which model, on which device, and how long that took. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Health, Progress, Task } from '../../src/protocol/health';
import type { PanelState } from '../../src/protocol/panelApi';
import { tokenCount } from '../counts';
import { fixed, grouped } from '../picture/numbers';
import type { Store } from '../store';
import type { Direction } from '../view';
import { icon } from './icon';

export function head(store: Store): TemplateResult {
  const { t, state } = store.inspector;
  const isReady = state.value.condition.kind === 'ready';
  return html`<header class="head">
    ${origin(store, state.value)}
    <span class="grow"></span>
    ${model(store, state.value)}
    <span class="health" role="status">${health(store, state.value.health)}</span>
    ${isReady ? historyButtons(store) : nothing} ${isReady ? overviewButton(store) : nothing}
    ${isReady ? compareButton(store) : nothing} ${isReady ? copyButton(store) : nothing}
    <button
      class="quiet icon"
      aria-label=${t('inspector.keys')}
      aria-expanded=${store.sheets.keysShown.value ? 'true' : 'false'}
      title=${`${t('inspector.keys')} (?)`}
      @click=${() => {
        store.sheets.keysShown.value = !store.sheets.keysShown.value;
      }}
    >
      ?
    </button>
  </header>`;
}

/** Back to where the person looked before, and forward again. */
function historyButtons(store: Store): TemplateResult {
  const { t } = store.inspector;
  const button = (by: Direction, name: 'back' | 'step', says: string) =>
    html`<button
      class="quiet icon wide"
      aria-label=${says}
      title=${says}
      ?disabled=${!store.history.leads(by)}
      @click=${() => {
        store.walk(by);
      }}
    >
      ${icon(name)}
    </button>`;
  return html`${button(-1, 'back', `${t('sharing.placeBack')} (Backspace)`)}
  ${button(1, 'step', `${t('sharing.placeForward')} (Shift+Backspace)`)}`;
}

function overviewButton({ inspector: { t, place, set } }: Store): TemplateResult {
  return html`<button
    class="quiet"
    aria-pressed=${place.value.step === 'overview' ? 'true' : 'false'}
    @click=${() => {
      set({ step: 'overview' });
    }}
  >
    ${t('inspector.overview')}
  </button>`;
}

function compareButton({ inspector: { t, host, state } }: Store): TemplateResult {
  return html`<button
    class="quiet icon compare"
    aria-label=${t('compare.compare')}
    aria-pressed=${state.value.comparison ? 'true' : 'false'}
    title=${`${t('compare.compare')} (D)`}
    @click=${() => {
      host.chooseComparison();
    }}
  >
    ${icon('compare')}
  </button>`;
}

function copyButton(store: Store): TemplateResult {
  const { t } = store.inspector;
  const isOpen = store.sheets.copies.value !== undefined;
  return html`<button
    class="quiet icon copy"
    aria-label=${t('inspector.copy')}
    aria-expanded=${isOpen ? 'true' : 'false'}
    title=${`${t('inspector.copy')} (C)`}
    @click=${() => {
      toggleCopies(store);
    }}
  >
    ${icon('copy')}
  </button>`;
}

/** Opens the sheet with the focus on its first offer, or closes it. */
export function toggleCopies({ sheets }: Store): void {
  if (sheets.copies.value) sheets.closeCopies();
  else sheets.openCopies('numbers');
}

/** Opens the sheet of copies with the focus on the pictures. */
export function offerPictures({ sheets }: Store): void {
  sheets.openCopies('pictures');
}

function origin({ inspector }: Store, { source, text, tokens }: PanelState): TemplateResult {
  const { t, language } = inspector;
  return html`${
    source
      ? html`<span class="origin-file"
          ><b>${source.file}</b><span class="dim">:${source.line + 1}</span></span
        >`
      : nothing
  }
  ${
    tokens
      ? html`<span class="dim count">${tokenCount(inspector, tokens.ids.length)}</span>
          <span class="dim wide"
            >${t('inspector.characters', { n: grouped(Array.from(text).length, language) })}</span
          >`
      : nothing
  }`;
}

function model(store: Store, { model, run }: PanelState): TemplateResult | typeof nothing {
  const { t, language, host } = store.inspector;
  if (!model) return nothing;
  const { location } = model;
  const isBuiltIn = location.kind === 'builtin' && location.model === undefined;
  const name = isBuiltIn ? t('inspector.builtin') : model.name;
  const parameters = t('inspector.parameters', { p: grouped(model.parameters, language) });
  return html`<button
      class="quiet model"
      title=${t('inspector.openModel')}
      @click=${() => {
        host.openModel();
      }}
    >
      ${name}<span class="dim wide">, ${parameters}</span>
    </button>
    ${
      run
        ? html`<button
            class="quiet dim mono measured"
            title=${`${name}: ${t('inspector.measured')}\n${t('times.title')} (F)`}
            aria-label=${`${run.device} · ${fixed(run.ms, 1)} ms. ${t('times.title')}`}
            aria-expanded=${store.sheets.timesShown.value ? 'true' : 'false'}
            @click=${() => {
              store.sheets.toggleTimes();
            }}
          >
            ${run.device} · ${fixed(run.ms, 1)} ms
          </button>`
        : nothing
    }`;
}

/** Ready says nothing: device and time stand beside it already. */
function health(store: Store, health: Health): TemplateResult | typeof nothing {
  const { t } = store.inspector;
  switch (health.state) {
    case 'ready':
      return nothing;
    case 'stopped':
      return html`<span class="dim">${t('inspector.health.stopped')}</span>`;
    case 'starting':
      return html`<vscode-progress-ring></vscode-progress-ring>${t('inspector.health.starting')}`;
    case 'busy':
      return html`<vscode-progress-ring></vscode-progress-ring>${busy(store, health)}`;
    case 'failed':
      // The stage says it already when that is why there is no picture.
      return store.condition.value?.kind === 'failed'
        ? nothing
        : html`<span class="error">${store.failureText(health.failure)}</span>`;
  }
}

const taskKeys = {
  loading: 'inspector.task.loading',
  tokenizing: 'inspector.task.tokenizing',
  running: 'inspector.task.running',
  generating: 'inspector.task.generating',
} as const satisfies Record<Task, string>;

/** A share is shown only where the total is known. */
function busy(
  { inspector: { t } }: Store,
  busy: { task: Task; progress: Progress | undefined },
): string {
  const { task, progress } = busy;
  const says = t(taskKeys[task]);
  return progress && progress.total > 0
    ? `${says} ${String(Math.floor((100 * progress.done) / progress.total))} %`
    : says;
}
