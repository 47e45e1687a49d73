/** Which tokenizer the model will have: one learned from the corpora, one token a character, or one that is there. */
import { html, type TemplateResult } from 'lit';
import type { TokenizerChoice } from '../../../src/protocol/labForms';
import { choice } from '../fields';
import type { Lab } from '../lab';

const ready = ['characters', 'builtin', 'tiny'] as const;

export function tokenizerForm(lab: Lab): TemplateResult {
  const { t, form } = lab;
  const { tokenizer } = form.value;
  const learned = learnedOf(lab);
  const offered = [
    ...(learned ? [learned] : []),
    ...ready.map((kind): TokenizerChoice => ({ kind })),
    ...(tokenizer.kind === 'file' ? [tokenizer] : []),
  ];
  return html`<div class="form">
    ${choice<TokenizerChoice['kind']>({
      label: t('lab.tokenizer.title'),
      hint: t('lab.tokenizer.hint'),
      value: tokenizer.kind,
      options: offered.map(({ kind }) => [kind, t(`lab.tokenizer.${kind}`)] as const),
      take: (kind) => {
        const chosen = offered.find((offer) => offer.kind === kind);
        if (chosen) form.value = { ...form.value, tokenizer: chosen };
      },
    })}
  </div>`;
}

/** One to be learned, with the size it has, or the one that a ready form has. */
function learnedOf({ form, state }: Lab): TokenizerChoice | undefined {
  const { training, experiments } = state.value.presets;
  const forms = [form.value, training, ...experiments.map(({ baseline }) => baseline)];
  return forms.map(({ tokenizer }) => tokenizer).find(({ kind }) => kind === 'learned');
}
