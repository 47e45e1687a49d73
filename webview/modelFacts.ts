/** Sizes of the open model that the sentences of a step name. */
import type { Arguments } from './l10n';
import type { Inspector } from './view';

export function modelFacts({
  subject,
  language,
}: Pick<Inspector, 'subject' | 'language'>): Arguments {
  const { config } = subject.value.model;
  return {
    F: config.hidden,
    L: config.layers,
    V: config.vocabulary.toLocaleString(language),
    D: config.width,
    H: config.heads,
    d: config.headSize,
    C: config.context.toLocaleString(language),
    // A key and a value of every head in every block.
    K: (2 * config.layers * config.keyValueHeads * config.headSize).toLocaleString(language),
  };
}
