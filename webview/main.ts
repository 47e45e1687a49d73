/** The Inspector's entry: reads what the host embedded in the page, connects, draws the shell. */
import './toolkit';
import './style/main.css';
import { render } from 'lit';
import { readBundle } from './l10n';
import { watchTheme } from './picture/palette';
import { keepFocus } from './shell/keepFocus';
import { watchKeyboard } from './shell/keyboard';
import { shell } from './shell/shell';
import { Store } from './store';
import { watchNumbers } from './numberLinks';
import { Stages } from './views';

const language = document.documentElement.lang.startsWith('ja') ? 'ja' : 'en';
readBundle(
  JSON.parse(document.getElementById('l10n')?.textContent ?? '{}') as Record<string, string>,
);

const store = new Store(language);
const stages = new Stages(store.inspector);
store.restsAt(() => stages.view.peek().resting?.());
watchTheme();
watchMotion();
watchKeyboard(store, stages);
keepFocus();
watchNumbers((number, side) => {
  store.sheets.openNumber(number, side);
});
render(shell(store, stages), document.body);
void store.start();

function watchMotion(): void {
  const query = window.matchMedia('(prefers-reduced-motion: reduce)');
  const read = () => {
    // VS Code mirrors its own setting as a class.
    store.calm.value = query.matches || document.body.classList.contains('vscode-reduce-motion');
  };
  query.addEventListener('change', read);
  new MutationObserver(read).observe(document.body, { attributeFilter: ['class'] });
  read();
}
