/** Which tokenizer the model will have: one learned from the corpora, one token a character, or one that is there. */
import { html, nothing, type TemplateResult } from 'lit';
import type { TokenizerChoice } from '../../../src/protocol/labForms';
import { choice } from '../fields';
import type { Lab } from '../lab';

type Kind = TokenizerChoice['kind'];

export function tokenizerForm(lab: Lab): TemplateResult {
  const { t, form } = lab;
  const { tokenizer } = form.value;
  const offered: readonly Kind[] = [
    ...(learnedOf(lab) ? (['learned'] as const) : []),
    ...(['characters', 'builtin', 'tiny', 'file'] as const),
  ];
  return html`<div class="form">
    ${choice<Kind>({
      label: t('lab.tokenizer.title'),
      hint: t('lab.tokenizer.hint'),
      value: tokenizer.kind,
      options: offered.map((kind) => [kind, t(`lab.tokenizer.${kind}`)] as const),
      take: (kind) => void change(lab, kind),
    })}
    ${tokenizer.kind === 'file' ? html`<p class="files mono">${tokenizer.file}</p>` : nothing}
  </div>`;
}

/** A file is asked for; when nobody chooses any, the old tokenizer stays. */
async function change(lab: Lab, kind: Kind): Promise<void> {
  const { form, host } = lab;
  const before = form.peek();
  const chosen =
    kind === 'file'
      ? await lab.ask(host.chooseTokenizer({}))
      : kind === 'learned'
        ? learnedOf(lab)
        : { kind };
  // Taken even so: the list then shows again what it really is.
  form.value = { ...form.peek(), tokenizer: chosen ?? { ...before.tokenizer } };
}

/** One to be learned, with the size it has, or the one that a ready form has. */
function learnedOf({ form, state }: Lab): TokenizerChoice | undefined {
  const { training, experiments } = state.value.presets;
  const forms = [form.value, training, ...experiments.map(({ baseline }) => baseline)];
  return forms.map(({ tokenizer }) => tokenizer).find(({ kind }) => kind === 'learned');
}
