/** The beginning of the first corpus as it will be read. */
import { effect, signal, type ReadonlySignal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { CorpusText } from '../../../src/protocol/labLessons';
import { grouped } from '../../picture/numbers';
import type { Lab } from '../lab';

/** Characters that are asked for. */
const shown = 600;

export interface CorpusPreview {
  readonly text: ReadonlySignal<string | undefined>;
  stage(): TemplateResult | typeof nothing;
}

export function corpusPreview(lab: Lab): CorpusPreview {
  const answer = signal<CorpusText | undefined>(undefined);
  const text = signal<string | undefined>(undefined);
  let asked = '';
  const ask = async (): Promise<void> => {
    const [source] = lab.form.value.corpora;
    const key = JSON.stringify(source);
    if (source === undefined || key === asked) return;
    asked = key;
    const isEmpty = source.kind === 'text' && source.text === '';
    const got = isEmpty
      ? undefined
      : await lab.ask(lab.host.corpusText({ source, characters: shown }));
    // Another one may have been chosen meanwhile.
    if (asked !== key) return;
    answer.value = got;
    text.value = got?.text;
  };
  let stop: (() => void) | undefined;
  return {
    text,
    stage: () => {
      stop ??= effect(() => void ask());
      const now = answer.value;
      if (now === undefined) return nothing;
      const { t } = lab;
      const of = t('lab.corpus.of', { n: grouped(now.characters) });
      return html`<h2>${t('lab.corpus.beginning')} <small>${of}</small></h2>
        <pre class="passage" tabindex="0" role="region" aria-label=${t('lab.corpus.beginning')}>
${now.text}</pre>`;
    },
  };
}
