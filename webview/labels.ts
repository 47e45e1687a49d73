/** Tokens as people read them: whitespace visible but quiet, a torn character whole with its part, lone bytes in hex. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ReadonlySignal } from '@preact/signals-core';
import type { Subject } from './view';
import type { Vocabulary } from './vocabulary';

const marks = new Map([
  [' ', '·'],
  ['\n', '↵'],
  ['\r', '␍'],
  ['\t', '⇥'],
  ['\u3000', '□'],
]);

export class Labels {
  readonly #subject: ReadonlySignal<Subject | undefined>;
  readonly #vocabulary: ReadonlySignal<Vocabulary | undefined>;

  constructor(
    subject: ReadonlySignal<Subject | undefined>,
    vocabulary: ReadonlySignal<Vocabulary | undefined>,
  ) {
    this.#subject = subject;
    this.#vocabulary = vocabulary;
  }

  /** The vocabulary, as soon as it is there. */
  get vocabulary(): Vocabulary | undefined {
    return this.#vocabulary.value;
  }

  /** The token at a position of the run, as it stands in the text. */
  token(position: number): TemplateResult {
    const { text, part, parts } = this.#at(position);
    return html`${spelled(text)}${parts > 1 ? fraction(part, parts) : nothing}`;
  }

  /** The same as plain text, for labels that are read aloud. */
  plain(position: number): string {
    const { text, part, parts } = this.#at(position);
    const shown = Array.from(text, (character) => marks.get(character) ?? character).join('');
    return parts > 1 ? `${shown} ${String(part + 1)}/${String(parts)}` : shown;
  }

  /** Text of a token in the running text; tokens that share a character have the same. */
  text(position: number): string {
    return this.#at(position).text;
  }

  /** A vocabulary entry on its own: its text, or its bytes when they are only part of a character. */
  chip(id: number): TemplateResult {
    const vocabulary = this.#vocabulary.value;
    const text = vocabulary?.text(id);
    const hint = vocabulary === undefined ? String(id) : `${String(id)} · ${vocabulary.hex(id)}`;
    if (text !== undefined) return html`<span class="chip" title=${hint}>${spelled(text)}</span>`;
    const bytes = vocabulary?.hex(id);
    return html`<span class="chip bytes" title=${hint}>${bytes ? bytes : `#${String(id)}`}</span>`;
  }

  /** The same as plain text: the entry with its marks, its bytes, or its id. */
  plainId(id: number): string {
    const vocabulary = this.#vocabulary.value;
    const text = vocabulary?.text(id);
    if (text !== undefined) return this.plainText(text);
    return vocabulary?.hex(id) ?? `#${String(id)}`;
  }

  /** Any text with its white space as marks. */
  plainText(text: string): string {
    return Array.from(text, (character) => marks.get(character) ?? character).join('');
  }

  /** A chip for the token at a position of the run. */
  tokenChip(position: number): TemplateResult {
    return html`<span class="chip">${this.token(position)}</span>`;
  }

  #at(position: number): { text: string; part: number; parts: number } {
    const subject = this.#subject.value;
    if (subject === undefined) return { text: '', part: 0, parts: 1 };
    const { tokens, run, text } = subject;
    const index = position + run.dropped;
    return {
      text: text.slice(tokens.starts[index], tokens.ends[index]),
      part: tokens.part[index] ?? 0,
      parts: tokens.parts[index] ?? 1,
    };
  }
}

/** Text with its whitespace marked. */
export function spelled(text: string): (TemplateResult | string)[] {
  const out: (TemplateResult | string)[] = [];
  let run = '';
  for (const character of text) {
    const mark = marks.get(character);
    if (mark === undefined) {
      run += character;
      continue;
    }
    if (run !== '') out.push(run);
    run = '';
    out.push(html`<wbr /><i class="ws">${mark}</i>`);
  }
  if (run !== '') out.push(run);
  return out;
}

function fraction(part: number, parts: number): TemplateResult {
  // One text, so that it can be set side by side where lines run downwards.
  return html`<sup class="part">${`${String(part + 1)}⁄${String(parts)}`}</sup>`;
}
