/** The lab's entry: reads what the host embedded in the page, connects, draws the frame. */
import '../toolkit';
import './style/main.css';
import { effect } from '@preact/signals-core';
import { render } from 'lit';
import { readBundle } from '../l10n';
import { watchTheme } from '../picture/palette';
import { keepFocus } from '../shell/keepFocus';
import { watchKeyboard } from './keyboard';
import { ExperimentsSection } from './experiments/section';
import { HeloSection } from './helo/section';
import { model } from './model/section';
import { shell, type Sections } from './shell';
import { LabStore } from './store';
import { training } from './training/section';
import { VocabularySection } from './vocabulary/section';

const language = document.documentElement.lang.startsWith('ja') ? 'ja' : 'en';
readBundle(
  JSON.parse(document.getElementById('l10n')?.textContent ?? '{}') as Record<string, string>,
);

const store = new LabStore(language);
const { lab } = store;
const sections: Sections = {
  vocabulary: new VocabularySection(lab),
  model: model(lab),
  training: training(lab),
  experiments: new ExperimentsSection(lab),
  helo: new HeloSection(lab),
};
watchTheme();
watchKeyboard(store, sections);
keepFocus();
render(shell(store, sections), document.body);
effect(() => {
  // What is filled in outlives the page, and with it a reload of the window.
  if (store.isReady.value) store.keep(lab.form.value);
});
void store.start();
