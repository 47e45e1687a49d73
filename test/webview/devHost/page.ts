/** What VS Code gives a webview, for a plain browser: `acquireVsCodeApi`, messages of the host, the theme's classes. */
import { decode, encode } from './codec';

const session = location.pathname.split('/')[1] ?? '';
const query = new URLSearchParams(location.search);
const theme = query.get('theme') ?? 'dark';
const classes: Readonly<Record<string, string>> = {
  dark: 'vscode-dark',
  light: 'vscode-light',
  hc: 'vscode-high-contrast',
  'hc-light': 'vscode-high-contrast-light',
};

document.documentElement.dataset['theme'] = theme;
document.body.className = classes[theme] ?? 'vscode-dark';
if (theme === 'hc-light') document.body.classList.add('vscode-high-contrast');

/** What birpc sends: calls and their answers share an id; what nobody waits for has none. */
interface Message {
  readonly m?: string;
  readonly i?: string;
}

const unanswered = new Set<string>();
/** When the host was last told of something that it answers with a new state, until that comes. */
let toldAt: number | undefined;
/** What the host is told may change nothing. */
const longestUpdateMs = 250;

let stored: unknown = JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined;

const api = {
  postMessage: (message: unknown): void => {
    const { i, m } = message as Message;
    if (i !== undefined) unanswered.add(i);
    else if (m !== 'moved') toldAt = performance.now();
    void fetch(`/${session}/message`, { method: 'POST', body: encode(message) });
  },
  getState: (): unknown => stored,
  setState: (state: unknown): void => {
    stored = state;
    sessionStorage.setItem('state', JSON.stringify(state));
  },
};
/** Long tables come in slices, whenever a frame has time for one. */
const isQuiet = (): boolean =>
  unanswered.size === 0 &&
  performance.now() - (toldAt ?? -Infinity) > longestUpdateMs &&
  document.querySelector('[data-growing]') === null;

let changes = 0;
new MutationObserver(() => {
  changes += 1;
}).observe(document.body, {
  attributes: true,
  characterData: true,
  childList: true,
  subtree: true,
});
/** What an answer changes is drawn in the next frames, maps over some more. */
const stillFrames = 6;

/** Resolves with true when the host has answered everything and the page stays as it is. */
function settled(): Promise<true> {
  let still = 0;
  let seen = changes;
  return new Promise((resolve) => {
    const look = (): void => {
      still = isQuiet() && changes === seen ? still + 1 : 0;
      seen = changes;
      if (still >= stillFrames) resolve(true);
      else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
  });
}

Object.assign(window, { acquireVsCodeApi: () => api, settled });

new EventSource(`/${session}/events`).addEventListener('message', (event: MessageEvent<string>) => {
  const message = decode(event.data) as Message;
  if (message.i !== undefined) unanswered.delete(message.i);
  if (message.m === 'update') toldAt = undefined;
  window.postMessage(message);
});
