/** The column beside the picture: one sentence, the formula, the pointed number with its operands, the mechanism, the flow. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Step } from '../src/protocol/axes';
import { formula, type FormulaName } from './formula';
import { modelFacts } from './modelFacts';
import { modelFormula } from './modelFormula';
import { partList } from './parts';
import { roving } from './roving';
import type { Inspector } from './view';
import { editEffect } from './views/editEffect';
import type { AttentionStage } from './views/headNumbers';

export interface Explanation {
  readonly step: Step;
  /** The stage of attention that is open: it has a mechanism and mathematics of its own. */
  readonly stage?: AttentionStage;
  /** What there is to say of what is open, beside the step's own sentence. */
  readonly about?: string | undefined;
  /** What was measured of it. */
  readonly measures?: TemplateResult | undefined;
  /** Names of formulas in media/formulas.json, set one under the other. */
  readonly formulas?: readonly FormulaName[];
  /** Activations that enter and leave, where it is not those of the whole step. */
  readonly flow?: readonly [enters: string, leaves: string];
  /** Shapes of what enters and leaves, e.g. `[14, 128]`. */
  readonly shapes?: readonly [enters: string, leaves: string];
  /** What is pointed at, down to the last product. */
  readonly operands?: TemplateResult | undefined;
}

export function explanation(inspector: Inspector, what: Explanation): TemplateResult {
  const { t, place } = inspector;
  const { step } = what;
  const part = what.stage === undefined ? step : (`stage.${what.stage}` as const);
  const { depth } = place.value;
  const { config } = inspector.subject.value.model;
  const values = modelFacts(inspector);
  return html`${depths(inspector)}
    <p class="sentence">${t(`lesson.${step}.sentence`, values)}</p>
    ${what.about === undefined ? nothing : html`<p class="about">${what.about}</p>`}
    ${what.measures ?? nothing}
    ${
      what.formulas?.length
        ? html`<div class="formula">
            ${what.formulas.map((name) => formula(modelFormula(config, name)))}
          </div>`
        : nothing
    }
    ${
      what.operands
        ? html`<section class="operands">
            <h2>${t('inspector.pointed')} ${lockSays(inspector, what)}</h2>
            ${what.operands} ${withoutNumbers.has(step) ? nothing : verifyButton(inspector)}
          </section>`
        : nothing
    }
    ${editEffect(inspector)}
    <hr />
    ${depth === 'sentence' ? nothing : html`<p class="mechanism">${t(`lesson.${part}.mechanism`, values)}</p>`}
    ${
      depth === 'mathematics'
        ? html`<p class="mechanism mathematics">${t(`lesson.${part}.mathematics`, values)}</p>`
        : nothing
    }
    ${partList(inspector, step, values)} ${flowList(inspector, what)}
    ${depth === 'mathematics' ? html`<p class="source">${t(`lesson.${step}.source`)}</p>` : nothing}`;
}

/** Whether what is pointed at stays, and in the maps of attention how it would. */
function lockSays(
  { t, place }: Inspector,
  { stage }: Explanation,
): TemplateResult | typeof nothing {
  if (place.value.cell) return html`<span class="lock">${t('inspector.locked')}</span>`;
  return stage === undefined
    ? nothing
    : html`<span class="lock-hint">${t('inspector.lockHint')}</span>`;
}

/** Steps of texts and ids, which are not computed from numbers. */
const withoutNumbers: ReadonlySet<Step> = new Set(['context', 'tokenize', 'append']);

function verifyButton({ t, verify }: Inspector): TemplateResult {
  return html`<button
    class="quiet verify"
    data-focus="verify"
    title=${`${t('verify.title')} (V)`}
    @click=${() => {
      verify();
    }}
  >
    ${t('verify.title')}
  </button>`;
}

const depthKeys = {
  sentence: 'inspector.sentenceDepth',
  mechanism: 'inspector.mechanismDepth',
  mathematics: 'inspector.mathDepth',
} as const;

function depths({ t, place, set }: Inspector): TemplateResult {
  const names = ['sentence', 'mechanism', 'mathematics'] as const;
  return html`<div
    class="depth"
    role="group"
    aria-label=${t('inspector.depth')}
    ${roving('choose')}
  >
    ${names.map(
      (depth) =>
        html`<button
          tabindex=${depth === place.value.depth ? 0 : -1}
          aria-pressed=${depth === place.value.depth ? 'true' : 'false'}
          @click=${() => {
            set({ depth });
          }}
        >
          ${t(depthKeys[depth])}
        </button>`,
    )}
  </div>`;
}

function flowList(
  { t }: Inspector,
  { step, flow, shapes = ['', ''] }: Explanation,
): TemplateResult {
  const [enters, leaves] = flow ?? [t(`lesson.${step}.enters`), t(`lesson.${step}.leaves`)];
  return html`<dl class="flow">
    <dt>${t('inspector.enters')}</dt>
    <dd><code>${enters}</code><span class="shape">${shapes[0]}</span></dd>
    <dt>${t('inspector.leaves')}</dt>
    <dd><code>${leaves}</code><span class="shape">${shapes[1]}</span></dd>
  </dl>`;
}
