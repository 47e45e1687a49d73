/** What is learned from: ready sentences, files, or a text typed here, each with how often it is drawn from. */
import { html, nothing, type TemplateResult } from 'lit';
import {
  grammarNames,
  type CorpusChoice,
  type CorpusSource,
  type GrammarName,
} from '../../../src/protocol/labForms';
import { choice, numberField, pressButton, textField } from '../fields';
import type { Lab } from '../lab';

export interface Corpora {
  readonly title: string;
  readonly corpora: readonly CorpusChoice[];
  readonly take: (corpora: readonly CorpusChoice[]) => void;
}

export function corpusForm(lab: Lab, { title, corpora, take: set }: Corpora): TemplateResult {
  const { t } = lab;
  const rows = corpora.map((corpus, index) =>
    row(lab, corpus, {
      take: (changed) => {
        set(corpora.with(index, changed));
      },
      remove:
        corpora.length > 1
          ? () => {
              set(corpora.filter((_, other) => other !== index));
            }
          : undefined,
    }),
  );
  return html`<fieldset>
    <legend>${title}</legend>
    ${rows}
    <div class="buttons">
      ${pressButton({
        label: t('lab.corpus.add'),
        press: () => {
          const last = corpora.at(-1);
          if (last) set([...corpora, last]);
        },
      })}
    </div>
  </fieldset>`;
}

interface RowActions {
  readonly take: (corpus: CorpusChoice) => void;
  readonly remove: (() => void) | undefined;
}

function row(lab: Lab, corpus: CorpusChoice, { take, remove }: RowActions): TemplateResult {
  const { t } = lab;
  return html`<div class="form">
    ${choice<Offer>({
      label: t('lab.corpus.source'),
      value: offerOf(corpus),
      options: offers.map((offer) => [offer, t(`lab.corpus.${offer}`)] as const),
      take: (offer) => void change(lab, offer, { corpus, take }),
    })}
    ${details(lab, corpus, take)}
    ${numberField({
      label: t('lab.corpus.weight'),
      hint: t('lab.corpus.weightHint'),
      value: corpus.weight,
      allowed: { from: 0.001, to: 1000 },
      take: (weight) => {
        take({ ...corpus, weight });
      },
    })}
    ${remove ? pressButton({ label: t('lab.corpus.remove'), press: remove }) : nothing}
  </div>`;
}

const offers = [...grammarNames, 'files', 'text'] as const;
type Offer = (typeof offers)[number];

function offerOf(corpus: CorpusSource): Offer {
  return corpus.kind === 'grammar' ? corpus.grammar : corpus.kind;
}

/** Another kind of corpus. Files are asked for; when nobody chooses any, the old corpus stays. */
async function change(
  lab: Lab,
  offer: Offer,
  { corpus, take }: { corpus: CorpusChoice; take: RowActions['take'] },
): Promise<void> {
  const { weight } = corpus;
  if (offer === 'files') {
    const files = await lab.ask(lab.host.chooseFiles({}));
    // Taken even so: the list then shows again what it really is.
    take(files ? { ...files, weight } : { ...corpus });
  } else if (offer === 'text') take({ kind: 'text', text: '', weight });
  else take({ ...grammarLike(lab, corpus, offer), weight });
}

/** Seed and length stay; those of the ready form where the corpus had none. */
function grammarLike(lab: Lab, corpus: CorpusSource, grammar: GrammarName): CorpusSource {
  if (corpus.kind === 'grammar') return { ...corpus, grammar };
  const ready = lab.state.peek().presets.training.corpora.find((other) => other.kind === 'grammar');
  return ready?.kind === 'grammar'
    ? { kind: 'grammar', grammar, seed: ready.seed, characters: ready.characters }
    : corpus;
}

function details(
  lab: Lab,
  corpus: CorpusChoice,
  take: RowActions['take'],
): TemplateResult | typeof nothing {
  const { t } = lab;
  switch (corpus.kind) {
    case 'grammar':
      return html`${numberField({
        label: t('lab.corpus.characters'),
        value: corpus.characters,
        allowed: { from: 100, to: 50_000_000, whole: true },
        take: (characters) => {
          take({ ...corpus, characters });
        },
      })}
      ${numberField({
        label: t('lab.seed'),
        value: corpus.seed,
        allowed: { from: 0, to: 2 ** 32 - 1, whole: true },
        take: (seed) => {
          take({ ...corpus, seed });
        },
      })}`;
    case 'files':
      return html`<ul class="files mono">
          ${corpus.files.map((file) => html`<li title=${file}>${lastPart(file)}</li>`)}
        </ul>
        ${pressButton({
          label: t('lab.corpus.choose'),
          press: () => void change(lab, 'files', { corpus, take }),
        })}`;
    case 'text':
      return textField({
        label: t('lab.corpus.ownText'),
        value: corpus.text,
        lines: 3,
        take: (text) => {
          take({ ...corpus, text });
        },
      });
  }
}

function lastPart(file: string): string {
  return file.slice(Math.max(file.lastIndexOf('/'), file.lastIndexOf('\\')) + 1);
}
