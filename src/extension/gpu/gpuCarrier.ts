/** The view that lends the extension the computer's GPU, and the engines in the workers of its page. */
import { readFile } from 'node:fs/promises';
import { createBirpc } from 'birpc';
import * as vscode from 'vscode';
import type { GpuAdapter } from '../../protocol/devices';
import type {
  FromGpuPage,
  GpuPageStatus,
  GpuWorkerMessage,
  ModelFilesApi,
  ToGpuPage,
} from '../../protocol/gpuPage';
import { Emitter } from '../emitter';
import type { WorkerPort } from '../engine/workerLink';
import { t } from '../l10n';
import { pageHtml, webviewOptions } from '../webviews/page';
import { ModelFilesServer, type ModelPlaces } from './modelFilesServer';

export const gpuView = 'tokenscope.gpu';
const shownKey = 'tokenscope.gpuView';
/** A window that draws its first view takes a second or two. */
const longestOpeningMs = 15_000;

export interface GpuCarrierOptions {
  readonly extension: vscode.Uri;
  readonly places: ModelPlaces;
  readonly log: (line: string) => void;
}

export class GpuCarrier implements vscode.WebviewViewProvider {
  readonly #options: GpuCarrierOptions;
  readonly #news = new Emitter<undefined>();
  readonly #workers = new Map<number, PageWorker>();
  #view: vscode.WebviewView | undefined;
  #adapters: readonly GpuAdapter[] | undefined;
  #status: GpuPageStatus = { device: undefined, training: [] };
  #lastWorker = 0;

  /** The page came, or went. */
  readonly onChange = this.#news.event;

  constructor(options: GpuCarrierOptions) {
    this.#options = options;
  }

  /** What the page can compute on; undefined while there is no page. */
  get adapters(): readonly GpuAdapter[] | undefined {
    return this.#adapters;
  }

  /** Shows the view where it was, or in the panel, and waits for its page; undefined when none came. */
  async open(): Promise<readonly GpuAdapter[] | undefined> {
    if (this.#adapters !== undefined) return this.#adapters;
    await this.offer();
    await vscode.commands.executeCommand(`${gpuView}.focus`, { preserveFocus: true });
    await this.#arrival();
    return this.#adapters;
  }

  /** Lets the view be there, opened or not: whoever never asks for a GPU does not see it. */
  async offer(): Promise<void> {
    await vscode.commands.executeCommand('setContext', shownKey, true);
  }

  async resolveWebviewView(view: vscode.WebviewView): Promise<void> {
    const { extension } = this.#options;
    this.#view = view;
    view.webview.options = webviewOptions(extension);
    view.webview.onDidReceiveMessage((message: FromGpuPage) => {
      void this.#receive(message);
    });
    view.onDidDispose(() => {
      if (this.#view !== view) return;
      this.#view = undefined;
      this.#leave('closed');
    });
    view.webview.html = await pageHtml({
      webview: view.webview,
      extension,
      bundle: 'gpu',
      title: t('gpu.openView'),
      sentences: ['gpu'],
      policy: ['worker-src blob:'],
    });
  }

  /** A new engine in the page. It is gone when the page is, or when the page lost the GPU. */
  start(): WorkerPort {
    return this.#startWorker('engine');
  }

  /** The same for a device on which a model is trained. */
  startDevice(): WorkerPort {
    return this.#startWorker('device');
  }

  #startWorker(channel: PageWorkerOptions['channel']): WorkerPort {
    const number = ++this.#lastWorker;
    const send = (message: GpuWorkerMessage): void => {
      this.#post({ to: 'worker', worker: number, message });
    };
    const worker = new PageWorker({
      channel,
      send,
      places: this.#options.places,
      onEnd: () => {
        this.#workers.delete(number);
        this.#post({ to: 'end', worker: number });
      },
    });
    this.#workers.set(number, worker);
    return worker;
  }

  /** Tells the page what runs in it. */
  tell(change: Partial<GpuPageStatus>): void {
    const status = { ...this.#status, ...change };
    this.#status = status;
    this.#post({ to: 'status', status });
  }

  dispose(): void {
    this.#leave('disposed');
    this.#news.dispose();
  }

  async #receive(message: FromGpuPage): Promise<void> {
    switch (message.from) {
      case 'page': {
        const file = vscode.Uri.joinPath(this.#options.extension, 'dist', 'gpuWorker.js');
        this.#post({ to: 'page', script: await readFile(file.fsPath, 'utf8') });
        this.#post({ to: 'status', status: this.#status });
        // A page that was loaded anew has none of the workers of before.
        this.#leave('reloaded');
        this.#adapters = message.adapters;
        for (const { device, name, kind } of message.adapters) {
          this.#options.log(`${device}: ${kind} ${name}`);
        }
        this.#news.fire(undefined);
        break;
      }
      case 'worker':
        this.#workers.get(message.worker)?.receive(message.message);
        break;
      case 'end':
        this.#workers.get(message.worker)?.end(message.why);
        break;
    }
  }

  /** Resolves when the page is there, or long enough was waited. */
  async #arrival(): Promise<void> {
    if (this.adapters !== undefined) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        news.dispose();
        resolve();
      };
      const news = this.onChange(done);
      const timer = setTimeout(done, longestOpeningMs);
    });
  }

  #leave(why: string): void {
    for (const worker of [...this.#workers.values()]) worker.end(why);
    if (this.#adapters === undefined) return;
    this.#adapters = undefined;
    this.#news.fire(undefined);
  }

  #post(message: ToGpuPage): void {
    void this.#view?.webview.postMessage(message);
  }
}

interface PageWorkerOptions {
  /** What is served in it. */
  readonly channel: 'engine' | 'device';
  readonly send: (message: GpuWorkerMessage) => void;
  readonly places: ModelPlaces;
  readonly onEnd: () => void;
}

/** One worker of the page, as the engine service knows workers; files of models are served on the way. */
class PageWorker implements WorkerPort {
  readonly #options: PageWorkerOptions;
  readonly #files: ModelFilesServer;
  readonly #goneListeners: ((why: string) => void)[] = [];
  #listener: ((message: unknown) => void) | undefined;
  #filesListener: ((message: unknown) => void) | undefined;
  #ended = false;

  constructor(options: PageWorkerOptions) {
    this.#options = options;
    this.#files = new ModelFilesServer(options.places);
    createBirpc<object, ModelFilesApi>(this.#files.api, {
      post: (message) => {
        options.send({ channel: 'files', message });
      },
      on: (listener) => {
        this.#filesListener = listener;
      },
    });
  }

  post(message: unknown): void {
    const { send, channel } = this.#options;
    send({ channel, message });
  }

  onMessage(listener: (message: unknown) => void): void {
    this.#listener = listener;
  }

  onGone(listener: (why: string) => void): void {
    this.#goneListeners.push(listener);
  }

  async kill(): Promise<void> {
    this.end('killed');
    await this.#files.close();
  }

  receive({ channel, message }: GpuWorkerMessage): void {
    switch (channel) {
      case 'engine':
      case 'device':
        this.#listener?.(message);
        break;
      case 'files':
        this.#filesListener?.(message);
        break;
      case 'lost':
        this.end(String(message));
        break;
    }
  }

  end(why: string): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#options.onEnd();
    void this.#files.close();
    for (const listener of this.#goneListeners) listener(why);
  }
}
