/** Formulas as MathML, set at build time from media/formulas.json. */
import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { formulas } from 'tokenscope:formulas';
import type latex from '../media/formulas.json';

export type FormulaName = keyof typeof latex;

/** A formula that stands for a word: what is read aloud is the word. */
export function namedFormula(name: FormulaName, word: string): TemplateResult {
  return html`<span class="sr">${word}</span><span aria-hidden="true">${formula(name)}</span>`;
}

/** The markup is our own build's, never outside data. */
export function formula(name: FormulaName): TemplateResult {
  return html`${unsafeHTML(formulas[name])}`;
}
