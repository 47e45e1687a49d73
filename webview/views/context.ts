/** Step 1: the exact text that goes in, with each part's origin marked, and how much of the window it takes. */
import { html, nothing, type TemplateResult } from 'lit';
import { spelled } from '../labels';
import { grouped } from '../picture/numbers';
import { painted } from '../picture/painted';
import { explanation } from '../side';
import type { Inspector, View } from '../view';
import {
  originNames,
  originSpans,
  originTable,
  templateText,
  type OriginKind,
} from './contextOrigins';
import { title } from './title';

/** Characters of the text before the window that are still shown, so that one sees what was left out. */
const shownBefore = 400;

export function context(inspector: Inspector): View {
  return {
    stage: () =>
      html`${title(inspector, 'context')} ${source(inspector)} ${room(inspector)}
      ${originTable(inspector)} ${templateText(inspector)}`,
    side: () => {
      const { length, model } = inspector.subject.value;
      return explanation(inspector, {
        step: 'context',
        shapes: ['', `${String(length)} / ${String(model.config.context)}`],
      });
    },
  };
}

/** One part of the text by where it came from. */
interface Origin {
  readonly kind: 'unread' | OriginKind;
  readonly text: string;
}

function origins(inspector: Inspector): readonly Origin[] {
  const { text, tokens, run } = inspector.subject.value;
  const windowStart = tokens.starts[run.dropped] ?? 0;
  const unread = text.slice(Math.max(0, windowStart - shownBefore), windowStart);
  const read = originSpans(inspector)
    .map(({ kind, start, end }) => ({ kind, text: text.slice(Math.max(start, windowStart), end) }))
    .filter((part) => part.text !== '');
  return [{ kind: 'unread', text: windowStart > shownBefore ? `…${unread}` : unread }, ...read];
}

/** The text line by line under its numbers in the file; a part may begin and end inside a line. */
function source(inspector: Inspector): TemplateResult {
  const { state, subject, t } = inspector;
  const { text, tokens, run } = subject.value;
  const windowStart = tokens.starts[run.dropped] ?? 0;
  const shownFrom = Math.max(0, windowStart - shownBefore);
  const firstLine = (state.value.source?.line ?? 0) + text.slice(0, shownFrom).split('\n').length;
  const lines: (readonly Origin[])[] = [[]];
  for (const { kind, text: part } of origins(inspector)) {
    part.split('\n').forEach((piece, i, all) => {
      if (i > 0) lines.push([]);
      const end = i < all.length - 1 ? '\n' : '';
      lines[lines.length - 1] = [...(lines.at(-1) ?? []), { kind, text: piece + end }];
    });
  }
  const says = { unread: t('inspector.unread'), ...originNames(inspector) };
  return html`<div class="source-text">
    ${lines.map(
      (line, i) =>
        html`<div class="line">
          <span class="lineno">${firstLine + i}</span>
          <code
            >${line.map(({ kind, text: piece }) =>
              piece === ''
                ? nothing
                : html`<span class=${kind} title=${says[kind]}>${spelled(piece)}</span>`,
            )}</code
          >
        </div>`,
    )}
  </div>`;
}

function room({ subject, state, size, t, language }: Inspector): TemplateResult {
  const { length, run, model } = subject.value;
  const { context: whole } = model.config;
  const generated = Math.min(length, state.value.generation.cursor);
  const says = t('inspector.windowSays', {
    n: grouped(length, language),
    c: grouped(whole, language),
  });
  const { width } = size.value;
  return html`<h2>${t('inspector.window')}</h2>
    <div class="window" role="img" aria-label=${says}>
      <canvas
        aria-hidden="true"
        ${painted({
          width,
          height: 22,
          inputs: [length, generated, whole],
          paint: (context, { colours }) => {
            const cell = width / whole;
            const gap = cell > 2 ? 0.5 : 0;
            for (let i = 0; i < whole; i++) {
              context.fillStyle =
                i >= length ? colours.zero : i >= length - generated ? colours.a : colours.r;
              context.fillRect(i * cell, 0, cell - gap, 22);
            }
          },
        })}
      ></canvas>
    </div>
    <p class="dim small">
      ${says}${
        run.dropped > 0
          ? ` · ${t('inspector.dropped', { n: grouped(run.dropped, language) })}`
          : nothing
      }
    </p>`;
}
