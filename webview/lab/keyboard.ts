/** The keys of the lab. A section's own come first. */
import { sectionNames } from './lab';
import type { Sections } from './shell';
import type { LabStore } from './store';

export function watchKeyboard(store: LabStore, sections: Sections): void {
  window.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (!isTaken(store, sections, event)) return;
    event.preventDefault();
  });
}

function isTaken(store: LabStore, sections: Sections, event: KeyboardEvent): boolean {
  const target = event.target instanceof Element ? event.target : undefined;
  if (event.key === 'Escape') {
    const wasOpen = store.keysShown.value;
    store.keysShown.value = false;
    return wasOpen;
  }
  if (target?.closest('input, select, textarea, vscode-text-field')) return false;
  if (event.key === '?') {
    store.keysShown.value = !store.keysShown.value;
    return true;
  }
  const pressesButton = event.key === 'Enter' || event.key === ' ';
  if (pressesButton && target?.closest('button, a, summary, vscode-button')) return false;
  if (!store.isReady.value) return false;
  return goesSomewhere(store, sections, event.key);
}

function goesSomewhere(store: LabStore, sections: Sections, key: string): boolean {
  const section = sectionNames[Number(key) - 1];
  if (section !== undefined) {
    store.open(section);
    return true;
  }
  if (key.toLowerCase() === 't') {
    store.tables.value = !store.tables.value;
    store.keep();
    return true;
  }
  return sections[store.section.value].key?.(key) ?? false;
}
