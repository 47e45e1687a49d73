/** The head of a step: its name, beside it what it is about, and at the end what can be done. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Step } from '../../src/protocol/axes';
import { modelFacts } from '../modelFacts';
import type { Inspector } from '../view';

/** The open step with what is said and offered in its head. */
export interface Heading {
  readonly step: Step;
  readonly about?: TemplateResult | undefined;
  readonly action?: TemplateResult | undefined;
}

export function heading(inspector: Inspector, { step, about, action }: Heading): TemplateResult {
  const { t } = inspector;
  // Where the side stands under the picture, its sentence stands here (style/layout.css).
  return html`<header class="title">
      <h1>${t(`inspector.step.${step}`)}</h1>
      ${about ? html`<span class="dim">${about}</span>` : nothing}
      ${action ? html`<span class="grow"></span>${action}` : nothing}
    </header>
    <p class="lead first-words">${t(`lesson.${step}.sentence`, modelFacts(inspector))}</p>`;
}

export function title(inspector: Inspector, step: Step, about?: TemplateResult): TemplateResult {
  return heading(inspector, { step, about });
}
