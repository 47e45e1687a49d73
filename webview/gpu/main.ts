/** Entry of the page that lends the extension the computer's GPU: it starts workers, and passes messages on. */
import './gpu.css';
import type { FromGpuPage, ToGpuPage } from '../../src/protocol/gpuPage';
import { findAdapters } from './adapters';
import { GpuPageText } from './pageText';

declare function acquireVsCodeApi(): { postMessage(message: FromGpuPage): void };

const vscode = acquireVsCodeApi();
const text = new GpuPageText(document.body);
const workers = new Map<number, Worker>();
let script: string | undefined;

window.addEventListener('message', (event: MessageEvent<ToGpuPage>) => {
  const message = event.data;
  switch (message.to) {
    case 'page':
      script = URL.createObjectURL(new Blob([message.script], { type: 'text/javascript' }));
      break;
    case 'status':
      text.showStatus(message.status);
      break;
    case 'worker':
      workerOf(message.worker).postMessage(message.message);
      break;
    case 'end':
      workers.get(message.worker)?.terminate();
      workers.delete(message.worker);
      break;
  }
});

void findAdapters().then((adapters) => {
  text.showAdapters(adapters);
  vscode.postMessage({ from: 'page', adapters });
});

function workerOf(number: number): Worker {
  const known = workers.get(number);
  if (known !== undefined) return known;
  const worker = new Worker(script ?? '');
  workers.set(number, worker);
  worker.onmessage = (event: MessageEvent<(FromGpuPage & { from: 'worker' })['message']>) => {
    vscode.postMessage({ from: 'worker', worker: number, message: event.data });
  };
  worker.onerror = (event) => {
    vscode.postMessage({ from: 'end', worker: number, why: event.message });
  };
  return worker;
}
