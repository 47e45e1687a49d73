/** The head of a step: its name, and beside it what it is about. */
import { html, type TemplateResult } from 'lit';
import type { Step } from '../../src/protocol/axes';
import type { Inspector } from '../view';

export function title({ t }: Inspector, step: Step, about?: TemplateResult): TemplateResult {
  return html`<header class="title">
    <h1>${t(`inspector.step.${step}`)}</h1>
    <span class="dim">${about}</span>
  </header>`;
}
