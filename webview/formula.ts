/** Formulas as MathML, set at build time from media/formulas.json. */
import { html, type TemplateResult } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { formulas } from 'tokenscope:formulas';
import type latex from '../media/formulas.json';

export type FormulaName = keyof typeof latex;

/** The markup is our own build's, never outside data. */
export function formula(name: FormulaName): TemplateResult {
  return html`${unsafeHTML(formulas[name])}`;
}
