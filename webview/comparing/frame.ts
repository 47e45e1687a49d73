/** What stands above every compared view: what A and B are, how they differ in tokens, and the aligned tokens. */
import { html, nothing, type TemplateResult } from 'lit';
import { describeFailure } from '../../src/protocol/describeFailure';
import type { Comparison } from '../../src/protocol/comparison';
import type { ModelInfo } from '../../src/protocol/models';
import { tokenCount } from '../counts';
import { translateAny, type MessageKey } from '../l10n';
import type { Inspector } from '../view';
import { comparedNow, type Compared } from './compared';
import { otherForm } from './otherForm';
import { pairList } from './pairList';

/** `content` is drawn once there is a side B. */
export function frame(
  inspector: Inspector,
  heading: TemplateResult,
  content: (compared: Compared) => TemplateResult,
): TemplateResult {
  const { other } = inspector;
  const comparison = other.comparison.value;
  if (comparison === undefined) return html``;
  const compared = comparedNow(inspector);
  return html`${heading} ${bar(inspector, comparison)} ${condition(inspector, comparison)}
  ${
    compared
      ? html`${pairList(inspector, compared)} ${alone(inspector, compared)} ${content(compared)}`
      : nothing
  }`;
}

/** Why there is no difference at a token that one side does not have. */
function alone({ t }: Inspector, { pair }: Compared): TemplateResult | typeof nothing {
  if (pair.kind === 'deleted') return html`<p class="dim">${t('compare.aloneA')}</p>`;
  return pair.kind === 'inserted' ? html`<p class="dim">${t('compare.aloneB')}</p>` : nothing;
}

function bar(inspector: Inspector, comparison: Comparison): TemplateResult {
  const { t, host, subject, other } = inspector;
  const b = other.subject.value;
  return html`<section class="compare-bar" aria-label=${t('compare.title')}>
    <dl>
      <dt><span class="side-mark">A</span></dt>
      <dd>
        ${nameOfA(inspector)}
        <span class="dim">${tokenCount(inspector, subject.value.length)}</span>
      </dd>
      <dt><span class="side-mark">B</span></dt>
      <dd>
        ${nameOfB(inspector, comparison)}
        ${b ? html`<span class="dim">${tokenCount(inspector, b.length)}</span>` : nothing}
      </dd>
    </dl>
    <div class="compare-buttons">
      <button
        class="quiet"
        data-focus="compare-other"
        @click=${() => {
          host.chooseComparison();
        }}
      >
        ${t('compare.other')}
      </button>
      <button
        class="quiet"
        data-focus="compare-end"
        @click=${() => {
          host.compare(undefined);
        }}
      >
        ${t('compare.end')}
      </button>
    </div>
    ${otherForm(inspector, comparison)}
  </section>`;
}

function nameOfA({ state, subject, t }: Inspector): string {
  const { source } = state.value;
  const { model } = subject.value;
  const place = source ? `${source.file}:${String(source.line + 1)}` : t('compare.thisText');
  return `${place} · ${modelName(t, model)}`;
}

function modelName(t: Inspector['t'], { location, name }: ModelInfo): string {
  if (location.kind === 'folder') return name;
  return t(location.model === 'tiny' ? 'compare.tiny' : 'inspector.builtin');
}

const kinds = {
  text: 'compare.kind.text',
  branch: 'compare.kind.branch',
  unedited: 'compare.kind.unedited',
  settings: 'compare.kind.settings',
  model: 'compare.kind.model',
} as const satisfies Record<Comparison['with']['kind'], MessageKey>;

function nameOfB({ t, state }: Inspector, { with: what, other }: Comparison): string {
  const kind = t(kinds[what.kind]);
  switch (what.kind) {
    case 'text':
      return what.name === undefined ? kind : `${kind} · ${what.name}`;
    case 'branch': {
      const { branches } = state.value.generation;
      const branch = branches.find(({ id }) => id === what.branch);
      return `${kind} · ${branch?.name ?? String(what.branch)}`;
    }
    case 'model':
      return other ? `${kind} · ${modelName(t, other.model)}` : kind;
    case 'unedited':
    case 'settings':
      return kind;
  }
}

function condition(
  { t }: Inspector,
  { running, failure }: Comparison,
): TemplateResult | typeof nothing {
  if (failure)
    return html`<p class="notice error" role="alert">${describeFailure(failure, translateAny)}</p>`;
  return running ? html`<p class="dim" role="status">${t('compare.running')}</p>` : nothing;
}
