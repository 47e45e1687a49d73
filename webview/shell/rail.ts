/** The rail is a map of the model: the eight steps, the block loop, heads and blocks as pips, shapes under the names. */
import { html, nothing, type TemplateResult } from 'lit';
import { steps, type Step } from '../../src/protocol/axes';
import { noEdits } from '../../src/protocol/runEdits';
import { grouped, shapeText, unknown } from '../picture/numbers';
import { roving } from '../roving';
import type { Store } from '../store';
import type { Inspector } from '../view';

export function rail({ inspector, isReady }: Store): TemplateResult {
  const { t, place } = inspector;
  // Shapes belong to a run; while the next one is made, the old one's are not shown.
  const item = (step: Step) =>
    railStep(inspector, step, isReady.value ? shape(inspector, step) : unknown);
  const { position, block, head } = place.value;
  return html`<nav class="rail" aria-label=${t('inspector.steps')}>
    <ol ${roving('move')}>
      ${(['context', 'tokenize', 'embed'] as const).map(item)}
      <li class="loop">
        <ol>
          ${(['attend', 'feedforward', 'repeat'] as const).map(item)}
        </ol>
      </li>
      ${(['predict', 'append'] as const).map(item)}
    </ol>
    <dl class="where">
      <dt>${t('inspector.position')}</dt>
      <dd>${isReady.value ? position : unknown}</dd>
      <dt>${t('inspector.block')}</dt>
      <dd>${block}</dd>
      <dt>${t('inspector.head')}</dt>
      <dd>${head}</dd>
    </dl>
    ${edited(inspector)}
  </nav>`;
}

/** That what is shown is not the model as it is, with the way back. */
function edited({ subject, host, t }: Inspector): TemplateResult | typeof nothing {
  const { mask, positions } = subject.value.edits;
  if (mask.length + positions.length === 0) return nothing;
  return html`<div class="edited" role="status">
    ${mask.length > 0 ? html`<span>${t('views.edits.mask')}</span>` : nothing}
    ${positions.length > 0 ? html`<span>${t('views.edits.positions')}</span>` : nothing}
    <button
      class="quiet"
      @click=${() => {
        host.edit(noEdits);
      }}
    >
      ${t('views.edits.reset')}
    </button>
  </div>`;
}

function railStep(inspector: Inspector, step: Step, made: string): TemplateResult {
  const { t, place, set } = inspector;
  const current = place.value.step;
  const isStop = current === step || (current === 'overview' && step === 'context');
  return html`<li class=${step}>
    <button
      class="step"
      tabindex=${isStop ? 0 : -1}
      aria-current=${current === step ? 'step' : nothing}
      @click=${() => {
        set({ step, ...(step === current && step === 'attend' ? { open: false } : {}) });
      }}
    >
      <span class="node" aria-hidden="true">${steps.indexOf(step) + 1}</span>
      <span class="name">${t(`inspector.step.${step}`)}</span>
      <span class="shape" aria-hidden="true">${made}</span>
    </button>
    ${step === 'attend' ? pips(inspector, 'head') : nothing}
    ${step === 'repeat' ? pips(inspector, 'block') : nothing}
  </li>`;
}

/** The shape of what the step makes. */
function shape({ subject, language }: Inspector, step: Step): string {
  const { length, model } = subject.value;
  const { config } = model;
  switch (step) {
    case 'context':
      return `${grouped(length, language)} / ${grouped(config.context, language)}`;
    case 'tokenize':
      return shapeText(length);
    case 'embed':
      return shapeText(length, config.width);
    case 'attend':
      return shapeText(config.heads, length, length);
    case 'feedforward':
      return shapeText(length, config.hidden);
    case 'repeat':
      return `× ${String(config.layers)}`;
    case 'predict':
      return shapeText(config.vocabulary);
    case 'append':
      return '+ 1';
  }
}

function pips(inspector: Inspector, kind: 'head' | 'block'): TemplateResult {
  const { t, place, set, subject } = inspector;
  const { config } = subject.value.model;
  const count = kind === 'head' ? config.heads : config.layers;
  const chosen = place.value[kind];
  const choose = (index: number) => {
    set(kind === 'head' ? { head: index, open: true, step: 'attend' } : { block: index });
  };
  return html`<div
    class="pips"
    role="group"
    aria-label=${t(`inspector.${kind}`)}
    ${roving('choose')}
  >
    <span class="piplabel" aria-hidden="true">${t(`inspector.${kind}`)}</span>
    ${Array.from(
      { length: count },
      (_, index) =>
        html`<button
          class="pip"
          tabindex=${index === chosen ? 0 : -1}
          aria-pressed=${index === chosen ? 'true' : 'false'}
          aria-label=${t(`inspector.${kind}N`, { n: index })}
          title=${t(`inspector.${kind}N`, { n: index })}
          @click=${() => {
            choose(index);
          }}
        >
          ${index}
        </button>`,
    )}
  </div>`;
}
