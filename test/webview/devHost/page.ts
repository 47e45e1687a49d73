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

let stored: unknown = JSON.parse(sessionStorage.getItem('state') ?? 'null') ?? undefined;

const api = {
  postMessage: (message: unknown): void => {
    void fetch(`/${session}/message`, { method: 'POST', body: encode(message) });
  },
  getState: (): unknown => stored,
  setState: (state: unknown): void => {
    stored = state;
    sessionStorage.setItem('state', JSON.stringify(state));
  },
};
Object.assign(window, { acquireVsCodeApi: () => api });

new EventSource(`/${session}/events`).addEventListener('message', (event: MessageEvent<string>) => {
  window.postMessage(decode(event.data));
});
