/** The parts of a step, each explained in three depths of its own: a sentence, how it works, the mathematics with its source. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Step } from '../src/protocol/axes';
import type { Arguments, MessageKey } from './l10n';
import type { Inspector } from './view';

/** In the order of the calculation. Attention's parts are its seven stages, which the stage row opens. */
const parts = {
  context: [],
  tokenize: [],
  embed: ['embed.token', 'embed.position', 'embed.sum', 'embed.neighbours', 'embed.map'],
  attend: [],
  feedforward: [
    'feedforward.read',
    'feedforward.curve',
    'feedforward.neurons',
    'feedforward.write',
  ],
  repeat: ['repeat.lens', 'repeat.measures', 'repeat.stream'],
  predict: ['predict.logits', 'predict.softmax', 'predict.cut', 'predict.draw', 'predict.shares'],
  append: ['append.text', 'append.cache', 'append.stop', 'append.branch'],
} as const satisfies Readonly<Record<Step, readonly string[]>>;

export type PartName = (typeof parts)[Step][number];

/** All parts of a step with their sentences; the open one tells more. */
export function partList(
  inspector: Inspector,
  step: Step,
  values: Arguments,
): TemplateResult | typeof nothing {
  if (parts[step].length === 0) return nothing;
  return html`<section class="parts">
    <h2>${inspector.t('part.title')}</h2>
    ${parts[step].map((part) => partOf(inspector, part, values))}
  </section>`;
}

function partOf({ t, part, place }: Inspector, name: PartName, values: Arguments): TemplateResult {
  const isOpen = part.value === name;
  const say = (key: MessageKey) => t(key, values);
  return html`<details data-part=${name} ?open=${isOpen}>
    <summary
      data-focus=${`part-${name}`}
      @click=${(event: Event) => {
        // The signal opens it, so that what is drawn anew stays open.
        event.preventDefault();
        part.value = isOpen ? undefined : name;
      }}
    >
      <b>${say(`part.${name}.name`)}</b> <span>${say(`part.${name}`)}</span>
    </summary>
    <p class="mechanism">${say(`part.${name}.mechanism`)}</p>
    ${
      place.value.depth === 'mathematics'
        ? html`<p class="mechanism mathematics">${say(`part.${name}.mathematics`)}</p>`
        : nothing
    }
  </details>`;
}

/** Beside the heading of a part's picture: opens what there is to say of it. */
export function aboutPart({ t, part }: Inspector, name: PartName): TemplateResult {
  const says = t('part.about', { name: t(`part.${name}.name`) });
  return html`<button
    class="about-part"
    title=${says}
    aria-label=${says}
    data-focus=${`about-${name}`}
    @click=${() => {
      part.value = name;
      queueMicrotask(() => {
        document.querySelector<HTMLElement>(`[data-part="${name}"] summary`)?.focus();
      });
    }}
  >
    ?
  </button>`;
}
