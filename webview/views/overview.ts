/**
 * The whole pass in one picture: columns are tokens, rows are what happens to them, and only the last column ends in a
 * prediction. Of a long text it shows the part around the chosen token.
 */
import { html, nothing, type TemplateResult } from 'lit';
import { styleMap } from '../picture/styleMap';
import { greedySampling } from '../../src/protocol/sampling';
import { fixed, grouped, percent } from '../picture/numbers';
import { at } from '../picture/at';
import { scaleBar } from '../picture/scaleBar';
import type { Inspector, View } from '../view';
import { watch } from '../watch';
import { passFigure } from './passFigure';
import { passLayout, type PassLayout } from './passLayout';
import { passNumbers, type PassNumbers } from './passNumbers';
import { passTable } from './passTable';

const candidates = 6;

export function overview(inspector: Inspector): View {
  return {
    stage: () => {
      const { t, subject } = inspector;
      const layout = passLayout(inspector);
      const pass = passNumbers(inspector, layout.positions);
      return html`<h1>${t('inspector.overview')}</h1>
        <p class="lead">
          ${t('inspector.wholeSentence', { D: subject.value.model.config.width })}${windowSays(
            inspector,
            layout,
          )}
        </p>
        ${picture(inspector, { layout, pass })}`;
    },
  };
}

function windowSays({ subject, t, language }: Inspector, { positions }: PassLayout): string {
  const { length } = subject.value;
  if (positions.length === length) return '';
  return ` ${t('inspector.passWindow', {
    from: grouped(positions[0] ?? 0, language),
    to: grouped(positions.at(-1) ?? 0, language),
    n: grouped(length, language),
  })}`;
}

interface Pass {
  readonly layout: PassLayout;
  readonly pass: PassNumbers;
}

function picture(inspector: Inspector, { layout, pass }: Pass): TemplateResult {
  return html`<div class="scroll">
      ${passFigure(inspector, layout, pass)} ${watch(() => verdict(inspector, layout))}
    </div>
    ${legend(inspector, pass)} ${passTable(inspector, layout.positions, pass)}`;
}

/** The last column ends in a distribution; it is shown only when that column is on screen. */
function verdict(inspector: Inspector, layout: PassLayout): TemplateResult | typeof nothing {
  const { t, numbers, labels, set, subject } = inspector;
  if (layout.positions.at(-1) !== subject.value.length - 1) return nothing;
  const distribution = numbers.ask('distribution', {
    sampling: greedySampling,
    step: 0,
    rows: candidates,
  });
  if (!distribution) return nothing;
  return html`<div class="tail" style=${styleMap({ width: `${String(layout.width)}px` })}>
    <p
      class="dim notread"
      style=${styleMap({ 'padding-inline-end': `${String(layout.column / 2)}px` })}
    >
      <span>${t('inspector.onlyLast')}</span>
    </p>
    <button
      class="verdict"
      @click=${() => {
        set({ step: 'predict' });
      }}
    >
      <span class="dim">${t('inspector.step.predict')}</span>
      ${Array.from(
        distribution.ids,
        (id, row) =>
          html`<span class="candidate"
            >${labels.chip(id)}<span class="num"
              >${percent(at(distribution.probabilities, row))}</span
            ></span
          >`,
      )}
    </button>
  </div>`;
}

function legend(
  { t, subject }: Inspector,
  { embedScale, blockScale, largestWrite }: PassNumbers,
): TemplateResult {
  const { layers, heads } = subject.value.model.config;
  return html`<div class="legend three">
    ${embedScale.of > 0 ? scaleBar(embedScale, t, t('inspector.step.embed')) : nothing}
    ${blockScale.of > 0 ? scaleBar(blockScale, t, t('inspector.blocksAll', { n: layers - 1 })) : nothing}
    <div class="keys">
      <span class="key"
        ><i class="sw attention"></i
        ><i class="sw feedforward"></i
        >${t('inspector.writesSay', { x: fixed(largestWrite, 1) })}</span
      >
      <span class="key">${t('inspector.linesSay', { H: heads })}</span>
    </div>
  </div>`;
}
