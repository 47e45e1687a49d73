/** The vocabulary's entry: reads what the host embedded in the page, connects, draws. */
import '../toolkit';
import './vocabulary.css';
import { effect } from '@preact/signals-core';
import * as l10n from '@vscode/l10n';
import { render } from 'lit';
import { page } from './page';
import { VocabularyStore } from './store';

const sentences = document.getElementById('l10n')?.textContent ?? '{}';
l10n.config({ contents: JSON.parse(sentences) as Record<string, string> });

const store = new VocabularyStore();
effect(() => {
  render(page(store), document.body);
});
effect(() => {
  store.keep();
});
void store.start();
