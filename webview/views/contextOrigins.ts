/** Who wrote which part of what goes in: the roles of a conversation, its template, the selection, the model itself. */
import { html, nothing, type TemplateResult } from 'lit';
import type { ChatRole } from '../../src/protocol/chat';
import { tokenCount } from '../counts';
import type { Inspector } from '../view';

/** `template` are words that neither a person nor the model wrote. */
export type OriginKind = ChatRole | 'template' | 'prompt' | 'generated';

interface Span {
  readonly kind: OriginKind;
  /** UTF-16 offsets in the text. */
  readonly start: number;
  readonly end: number;
}

export function originNames({ t, state }: Inspector): Readonly<Record<OriginKind, string>> {
  const isDocument = state.value.origins?.template === 'headings';
  return {
    system: t('inspector.system'),
    developer: t('origins.developer'),
    user: t('inspector.user'),
    assistant: t('inspector.reply'),
    template: t(isDocument ? 'origins.headings' : 'origins.template'),
    prompt: t('inspector.selection'),
    generated: t('inspector.generated'),
  };
}

/** The whole text in spans, in its order. */
export function originSpans({ subject, state }: Inspector): readonly Span[] {
  const { text, tokens } = subject.value;
  const { origins, generation } = state.value;
  const generatedStart = tokens.starts[generation.promptLength] ?? text.length;
  const generated: Span = { kind: 'generated', start: generatedStart, end: text.length };
  if (origins === undefined) return [{ kind: 'prompt', start: 0, end: generatedStart }, generated];
  const spans: Span[] = [];
  let at = 0;
  for (const { role, start, end } of origins.parts) {
    const to = Math.min(end, generatedStart);
    if (to <= start) continue;
    spans.push({ kind: 'template', start: at, end: start }, { kind: role, start, end: to });
    at = to;
  }
  spans.push({ kind: 'template', start: at, end: generatedStart }, generated);
  return spans.filter(({ start, end }) => end > start);
}

/** Every origin with the number of its tokens in the window; a token belongs where it begins. */
export function originTable(inspector: Inspector): TemplateResult {
  const { state, subject, t } = inspector;
  const { source: from, origins, generation } = state.value;
  const { run, length, tokens } = subject.value;
  const spans = originSpans(inspector);
  const counts = new Map<OriginKind, number>();
  let span = 0;
  for (let index = run.dropped; index < run.dropped + length; index++) {
    const start = tokens.starts[index] ?? 0;
    while (span < spans.length - 1 && (spans[span]?.end ?? 0) <= start) span++;
    const isGenerated = index >= generation.promptLength;
    const kind = isGenerated ? 'generated' : (spans[span]?.kind ?? 'prompt');
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const names = originNames(inspector);
  const place = from ? `${from.file}:${String(from.line + 1)}` : '';
  const kinds: readonly OriginKind[] = origins
    ? ['system', 'developer', 'user', 'assistant', 'template', 'generated']
    : ['system', 'developer', 'prompt', 'assistant', 'generated'];
  return html`<h2>${t('inspector.parts')}</h2>
    <table class="plain origins">
      <tbody>
        ${kinds.map((kind) => {
          const count = counts.get(kind) ?? 0;
          const what = kind === 'prompt' ? place : '';
          const name = kind === 'prompt' ? names.user : names[kind];
          const says = kind === 'prompt' ? [names.prompt, what].filter(Boolean).join(' · ') : '';
          return html`<tr data-origin=${kind}>
            <th scope="row"><i class=${`swatch ${kind}`}></i>${name}</th>
            <td>${count === 0 ? t('inspector.none') : says}</td>
            <td class="num">${tokenCount(inspector, count)}</td>
          </tr>`;
        })}
      </tbody>
    </table>`;
}

/** The template that put the parts together, or that there is none. */
export function templateText({ state, t }: Inspector): TemplateResult | typeof nothing {
  const { origins } = state.value;
  if (origins === undefined) return nothing;
  const { template } = origins;
  if (template === 'headings') return html`<p class="dim small">${t('origins.asItStands')}</p>`;
  if (template === undefined) return html`<p class="dim small">${t('origins.noTemplate')}</p>`;
  return html`<details class="chat-template">
    <summary>${t('origins.templateFile', { file: template.file })}</summary>
    <pre tabindex="0"><code>${template.source}</code></pre>
  </details>`;
}
