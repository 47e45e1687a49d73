/** Rows of the vocabulary that the form leads to, where that is known before anything is read. */
import type { Lab } from '../lab';

export function vocabularySize({ form, state }: Lab): number | undefined {
  const { tokenizer, corpora } = form.value;
  if (tokenizer.kind === 'learned') return tokenizer.size;
  const { training } = state.value;
  const isSame =
    training !== undefined &&
    JSON.stringify([training.form.tokenizer, training.form.corpora]) ===
      JSON.stringify([tokenizer, corpora]);
  return isSame ? training.config.vocabulary : undefined;
}
