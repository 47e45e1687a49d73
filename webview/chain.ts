/** Chips for a chain of generated ids: complete characters are shown whole with their part, an unfinished one as bytes. */
import { html, type TemplateResult } from 'lit';
import { spelled, type Labels } from './labels';

/** One chip for each id, in order. */
export function chain(labels: Labels, ids: readonly number[]): TemplateResult[] {
  const { vocabulary } = labels;
  if (vocabulary === undefined) return ids.map((id) => labels.chip(id));
  const chips: TemplateResult[] = [];
  let open: number[] = [];
  for (const id of ids) {
    open.push(id);
    const text = vocabulary.decode(joined(open.map((each) => vocabulary.bytes(each))));
    const isWhole = text !== undefined || !isCut(vocabulary.bytes(id), open.length);
    if (!isWhole) continue;
    if (open.length === 1 || text === undefined)
      chips.push(...open.map((each) => labels.chip(each)));
    else chips.push(...open.map((each, k) => partChip(labels, each, { text, k, of: open.length })));
    open = [];
  }
  return [...chips, ...open.map((id) => labels.chip(id))];
}

interface Part {
  readonly text: string;
  readonly k: number;
  readonly of: number;
}

function partChip(labels: Labels, id: number, { text, k, of }: Part): TemplateResult {
  const hint = `${String(id)} · ${labels.vocabulary?.hex(id) ?? ''}`;
  return html`<span class="chip" title=${hint}
    >${spelled(text)}<sup class="part">${k + 1}⁄${of}</sup></span
  >`;
}

/** Whether bytes may be the beginning or the middle of a character; four tokens are the most one character can take. */
function isCut(bytes: Uint8Array, tokens: number): boolean {
  return tokens < 4 && bytes.some((byte) => byte >= 0x80);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}
