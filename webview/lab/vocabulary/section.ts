/** From a text to a vocabulary: what is learned from, how many entries, and each merge, forward and back. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { VocabularyLesson } from '../../../src/protocol/labLessons';
import type { TokenizerChoice } from '../../../src/protocol/labForms';
import { grouped } from '../../picture/numbers';
import { watch } from '../../watch';
import { numberField, pressButton, textField } from '../fields';
import type { Lab, Section } from '../lab';
import { savedLine } from '../savedLine';
import { corpusForm } from './corpusForm';
import { corpusPreview } from './corpusPreview';
import { MergePlayer } from './mergePlayer';
import { mergesPicture } from './mergesPicture';
import { tokenizerForm } from './tokenizerForm';

type Learned = Extract<TokenizerChoice, { kind: 'learned' }>;

/** Characters of the corpus that are watched until the person types a text. */
const watched = 160;

export class VocabularySection implements Section {
  readonly #lab: Lab;
  readonly #preview;
  readonly #player = signal<MergePlayer | undefined>(undefined);
  readonly #sample = signal<string | undefined>(undefined);
  readonly #saved = signal<string | undefined>(undefined);
  readonly #isLearning = signal(false);

  constructor(lab: Lab) {
    this.#lab = lab;
    this.#preview = corpusPreview(lab);
  }

  says(): string {
    const { tokenizer } = this.#lab.form.value;
    if (tokenizer.kind === 'learned') return grouped(tokenizer.size);
    return this.#lab.t(`lab.tokenizer.${tokenizer.kind}`);
  }

  stage(): TemplateResult {
    const lab = this.#lab;
    return html`${watch(() => this.#corpora())} ${watch(() => this.#preview.stage())}
    ${watch(() => tokenizerForm(lab))} ${watch(() => this.#settings())}
    ${watch(() => this.#learned())}`;
  }

  key(key: string): boolean {
    return this.#player.peek()?.key(key) ?? false;
  }

  #corpora(): TemplateResult {
    const { t, form } = this.#lab;
    return corpusForm(this.#lab, {
      title: t('lab.corpus.title'),
      corpora: form.value.corpora,
      take: (corpora) => {
        form.value = { ...form.value, corpora };
      },
    });
  }

  #settings(): TemplateResult | typeof nothing {
    const { tokenizer } = this.#lab.form.value;
    if (tokenizer.kind !== 'learned') return nothing;
    const { t } = this.#lab;
    return html`<div class="form block">
        ${this.#sizeFields(tokenizer)}
        ${textField({
          label: t('lab.vocabulary.sample'),
          value: this.#watchedText(),
          lines: 2,
          take: (typed) => {
            this.#sample.value = typed;
          },
        })}
      </div>
      <div class="buttons">
        ${this.#isLearning.value ? this.#stopButton() : this.#learnButton(tokenizer)}
        ${watch(() => (this.#isLearning.value ? progress(this.#lab) : nothing))}
      </div>`;
  }

  #sizeFields(tokenizer: Learned): TemplateResult {
    const { t, form } = this.#lab;
    const set = (patch: Partial<Learned>): void => {
      form.value = { ...form.value, tokenizer: { ...tokenizer, ...patch } };
    };
    return html`${numberField({
      label: t('lab.vocabulary.size'),
      hint: t('lab.vocabulary.sizeHint'),
      value: tokenizer.size,
      allowed: { from: 257, to: 65_536, whole: true },
      take: (size) => {
        set({ size });
      },
    })}
    ${textField({
      label: t('lab.vocabulary.special'),
      hint: t('lab.vocabulary.specialHint'),
      value: tokenizer.special.join(' '),
      take: (typed) => {
        set({ special: typed.split(/\s+/).filter((mark) => mark !== '') });
      },
    })}`;
  }

  #learnButton(tokenizer: Learned): TemplateResult {
    return pressButton({
      label: this.#lab.t('lab.vocabulary.learn'),
      appearance: 'primary',
      focus: 'learn',
      press: () => void this.#learn(tokenizer),
    });
  }

  #stopButton(): TemplateResult {
    return pressButton({
      label: this.#lab.t('inspector.stopHere'),
      focus: 'learn',
      press: () => {
        this.#lab.host.cancelLearning();
      },
    });
  }

  #watchedText(): string {
    return this.#sample.value ?? this.#preview.text.value?.slice(0, watched) ?? '';
  }

  async #learn({ size, special }: Learned): Promise<void> {
    const { host, form, learning, t, say, ask } = this.#lab;
    const sources = form.peek().corpora;
    this.#isLearning.value = true;
    this.#saved.value = undefined;
    const sample = this.#watchedText();
    const lesson = await ask(host.learnVocabulary({ sources, size, special, sample }));
    this.#isLearning.value = false;
    learning.value = undefined;
    if (lesson === undefined) return;
    this.#player.value = new MergePlayer(lesson);
    say(t('lab.vocabulary.learned', { n: grouped(lesson.merged.length) }));
  }

  #learned(): TemplateResult | typeof nothing {
    const player = this.#player.value;
    if (player === undefined) return nothing;
    const lab = this.#lab;
    return html`${mergesPicture(lab, player)}
      <div class="buttons">
        ${pressButton({
          label: lab.t('lab.vocabulary.save'),
          press: () => void this.#save(player.lesson),
        })}
        ${watch(() => savedLine(lab, this.#saved.value))}
      </div>`;
  }

  async #save({ json }: VocabularyLesson): Promise<void> {
    const { host, ask } = this.#lab;
    this.#saved.value = await ask(host.saveVocabulary({ json }));
  }
}

function progress({ learning, t }: Lab): TemplateResult {
  const now = learning.value;
  const says = now && { done: grouped(now.done), total: grouped(now.total) };
  return html`<vscode-progress-ring></vscode-progress-ring>
    <span class="num" role="status">${says ? t('lab.vocabulary.progress', says) : nothing}</span>`;
}
