/** The heading of a narrow column: Latin is turned, Japanese stands upright and is read from the top. */
import { html, nothing, type TemplateResult } from 'lit';
import { isWide } from '../picture/headingHeight';

/** `text` is what `content` reads as. */
export function uprightLabel(text: string, content: unknown): TemplateResult {
  return html`<span class=${uprightClass(text) ?? nothing}>${content}</span>`;
}

/** Undefined for a text without a Japanese character. */
export function uprightClass(text: string): string | undefined {
  const characters = Array.from(text);
  if (!characters.some(isWide)) return undefined;
  return characters.some((character) => /[a-z]/i.test(character))
    ? 'wide-script mixed-script'
    : 'wide-script';
}
