/**
 * The Inspector in an ordinary browser, for work on its looks: serves the built panel and answers it from the real engine
 * with the built-in model.
 *
 * usage: node out/test/webview/devHost/main.mjs [port]; then open
 * http://localhost:5711/?theme=dark|light|hc|hc-light&lang=en|ja&text=…&step=attend&…
 */
import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Engine } from '../../../src/engine/engine';
import { nodeParts } from '../../../src/worker/nodeHost';
import { page } from './page';
import { Session } from './session';
import { fromWire, toWire } from './wire';

const port = Number(process.argv[2] ?? 5711);
const engine = new Engine(nodeParts({ kernels: 'dist/kernels.wasm', builtin: 'media/models/builtin' }));
await engine.openModel({ location: { kind: 'builtin' } });
const sessions = new Map<string, Session>();
const listeners = new Map<string, ServerResponse>();

const files = new Map([
  ['/inspector.js', ['dist/inspector.js', 'text/javascript']],
  ['/inspector.css', ['dist/inspector.css', 'text/css']],
  ['/codicon.ttf', ['dist/codicon.ttf', 'font/ttf']],
  ['/themes.css', ['test/webview/devHost/themes.css', 'text/css']],
]);

createServer((request, response) => {
  answer(request, response).catch((why: unknown) => {
    console.error(why);
    response.writeHead(500).end(String(why));
  });
}).listen(port, () => {
  console.log(`http://localhost:${String(port)}/`);
});

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  const file = files.get(url.pathname);
  const name = url.searchParams.get('session') ?? '';
  if (file) {
    const [path = '', type = ''] = file;
    response.writeHead(200, { 'content-type': type, 'cache-control': 'no-store' });
    response.end(await readFile(path));
  } else if (url.pathname === '/events') {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    response.write(': open\n\n');
    listeners.set(name, response);
  } else if (url.pathname === '/message') {
    await receive(name, await bodyOf(request));
    response.writeHead(204).end();
  } else if (url.pathname === '/') {
    await open(url, response);
  } else response.writeHead(404).end();
}

async function open(url: URL, response: ServerResponse): Promise<void> {
  const name = String(sessions.size + 1);
  const session = new Session(engine, {
    parameters: url.searchParams,
    post: (message) => {
      listeners.get(name)?.write(`data: ${JSON.stringify(toWire(message))}\n\n`);
    },
  });
  sessions.set(name, session);
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end(await page(url.searchParams, name));
}

async function receive(name: string, body: string): Promise<void> {
  await sessions.get(name)?.receive(fromWire(JSON.parse(body)));
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
