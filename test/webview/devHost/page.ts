/** The page that stands for VS Code's webview: theme class, language, bundle, and an `acquireVsCodeApi` over HTTP. */
import { readFile } from 'node:fs/promises';

const bodyClasses = new Map([
  ['dark', 'vscode-dark'],
  ['light', 'vscode-light'],
  ['hc', 'vscode-high-contrast'],
  ['hc-light', 'vscode-high-contrast vscode-high-contrast-light'],
]);

export async function page(parameters: URLSearchParams, session: string): Promise<string> {
  const theme = parameters.get('theme') ?? 'dark';
  const language = parameters.get('lang') ?? 'en';
  const bundles = await Promise.all(
    ['inspector', 'lessons', 'failures'].map((name) => bundle(`media/l10n/${name}.${language}.json`)),
  );
  const l10n = JSON.stringify(Object.assign({}, ...bundles)).replaceAll('<', '\\u003c');
  return `<!doctype html>
<html lang="${language}" data-theme="${theme}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Inspector</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="themes.css"><link rel="stylesheet" href="inspector.css">
<script type="application/json" id="l10n">${l10n}</script>
<script>${client(session)}</script></head>
<body class="${bodyClasses.get(theme) ?? ''}"><script src="inspector.js"></script></body></html>`;
}

async function bundle(path: string): Promise<Record<string, string>> {
  return JSON.parse(await readFile(path, 'utf8')) as Record<string, string>;
}

function client(session: string): string {
  return `
const kinds = { Float32Array, Float64Array, Int32Array, Uint32Array, Uint8Array };
const toWire = (v) => v === undefined ? { $undefined: true } : ArrayBuffer.isView(v)
  ? { $array: v.constructor.name, base64: btoa(String.fromCharCode(...new Uint8Array(v.buffer, v.byteOffset, v.byteLength))) }
  : Array.isArray(v) ? v.map(toWire) : v && typeof v === 'object' ? Object.fromEntries(Object.entries(v).map(([k, x]) => [k, toWire(x)])) : v;
const fromWire = (v) => Array.isArray(v) ? v.map(fromWire) : !v || typeof v !== 'object' ? v : v.$undefined ? undefined
  : v.$array ? new kinds[v.$array](Uint8Array.from(atob(v.base64), (c) => c.charCodeAt(0)).buffer)
  : Object.fromEntries(Object.entries(v).map(([k, x]) => [k, fromWire(x)]));
const events = new EventSource('events?session=${session}');
const opened = new Promise((resolve) => { events.onopen = resolve; });
events.onmessage = (e) => postMessage(fromWire(JSON.parse(e.data)));
let sending = opened, state;
globalThis.acquireVsCodeApi = () => ({
  postMessage: (message) => { sending = sending.then(() => fetch('message?session=${session}', { method: 'POST', body: JSON.stringify(toWire(message)) })); },
  getState: () => state, setState: (s) => { state = s; },
});`;
}
