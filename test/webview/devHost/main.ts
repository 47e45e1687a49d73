/**
 * The Inspector in a plain browser, over the real engine with the built-in model: for work on its look without VS Code.
 * usage, from the repository: node esbuild.mjs --tests && node out/test/webview/devHost/main.mjs [port] [--once|--anew] [model folder]
 * then open http://localhost:PORT/?theme=dark|light|hc|hc-light&lang=en|ja&text=…&compare={…}
 */
import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createBirpc } from 'birpc';
import { Engine } from '../../../src/engine/engine';
import type { PromptOrigins } from '../../../src/protocol/chat';
import type { ComparedWith } from '../../../src/protocol/comparison';
import type { HostApi, PanelEvents } from '../../../src/protocol/panelApi';
import { nodeParts } from '../../../src/worker/nodeHost';
import { bundleOnce, inspectorBundle, page, pageScript, themes } from './assets';
import { decode, encode } from './codec';
import { hostApi, openSession, type OpenEngine } from './panelHost';

/** One open page: what it sends goes to `receive`; what it is sent waits until it listens. */
interface Wire {
  receive: (message: unknown) => void;
  listener: ServerResponse | undefined;
  readonly waiting: string[];
}

const defaultText = 'Once upon a time there was a little girl who lived in the';
const places = { kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' };

const folder = process.argv[4];
const engine = new Engine(nodeParts(places));
const open: OpenEngine = {
  client: engine,
  other: {
    get client() {
      return otherEngine;
    },
    open: (location) => otherEngine.openModel({ location }),
    close: () => undefined,
  },
  model: await engine.openModel({
    location: folder === undefined ? { kind: 'builtin' } : { kind: 'folder', folder },
  }),
};
const otherEngine = new Engine(nodeParts(places));
const wires = new Map<string, Wire>();
const port = Number(process.argv[2] ?? 8123);
if (process.argv[3] === '--once') bundleOnce();
const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => {
    console.error(error);
    response.writeHead(500).end(String(error));
  });
}).listen(port, () => {
  // Port 0 lets the system choose one.
  const address = server.address();
  const bound = typeof address === 'object' && address !== null ? address.port : port;
  console.log(`http://localhost:${bound}/`);
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const [, first = '', second] = url.pathname.split('/');
  if (second === 'message') await receive(wires.get(first), request, response);
  else if (second === 'events') listen(wires.get(first), response);
  else await file(url, response);
}

async function file(url: URL, response: ServerResponse): Promise<void> {
  const send = (type: string, text: string): void => {
    response.writeHead(200, { 'content-type': `${type}; charset=utf-8` }).end(text);
  };
  switch (url.pathname) {
    case '/inspector.js':
      send('text/javascript', (await inspectorBundle()).script);
      return;
    case '/inspector.css':
      send('text/css', (await inspectorBundle()).style);
      return;
    case '/page.js':
      send('text/javascript', await pageScript());
      return;
    case '/themes.css':
      send('text/css', await themes());
      return;
    case '/':
      response.writeHead(302, { location: `/${await newWire(url)}/${url.search}` }).end();
      return;
    case '/favicon.ico':
      response.writeHead(204).end();
      return;
    default:
      send('text/html', await page(url.searchParams.get('lang') === 'ja' ? 'ja' : 'en'));
  }
}

async function newWire(url: URL): Promise<string> {
  const compare = url.searchParams.get('compare');
  const origins = url.searchParams.get('origins');
  const session = await openSession(open, {
    origins: origins === null ? undefined : (JSON.parse(origins) as PromptOrigins),
    text: url.searchParams.get('text') ?? defaultText,
    compare: compare === null ? undefined : (JSON.parse(compare) as ComparedWith),
  });
  const wire: Wire = { receive: () => undefined, listener: undefined, waiting: [] };
  const panel = createBirpc<PanelEvents, HostApi>(
    hostApi(open, session, (read, progress) => {
      void panel.progress(read, progress);
    }),
    {
      post: (message) => {
        post(wire, encode(message));
      },
      on: (listener) => {
        wire.receive = listener;
      },
      eventNames: ['update', 'pointed', 'progress'],
    },
  );
  session.onState((state) => void panel.update(state));
  const name = randomUUID();
  wires.set(name, wire);
  return name;
}

function post(wire: Wire, text: string): void {
  if (wire.listener) wire.listener.write(`data: ${text}\n\n`);
  else wire.waiting.push(text);
}

function listen(wire: Wire | undefined, response: ServerResponse): void {
  response.writeHead(wire ? 200 : 404, { 'content-type': 'text/event-stream' });
  if (!wire) {
    response.end();
    return;
  }
  wire.listener = response;
  response.on('close', () => {
    wire.listener = undefined;
  });
  for (const text of wire.waiting.splice(0)) post(wire, text);
}

async function receive(
  wire: Wire | undefined,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  wire?.receive(decode(Buffer.concat(chunks).toString('utf8')));
  response.writeHead(204).end();
}
