/** The lab as the rest of the extension knows it: one panel, restored after a reload, over a worker of its own. */
import * as v from 'valibot';
import * as vscode from 'vscode';
import { fail } from '../../protocol/failures';
import type { LabDevicesWire } from '../../protocol/labDevices';
import type { Command } from '../commands';
import { startThread, type ThreadOptions } from '../engine/threadPort';
import { t } from '../l10n';
import type { Notices } from '../notices';
import { webviewOptions } from '../webviews/page';
import { LabHost } from './labHost';
import { LabService } from './labService';
import { LabSession, type LabFolders, type LabPlace } from './labSession';

export const labType = 'tokenscope.lab';

export interface LabOptions {
  /** How the engine's worker is started; the lab has one of its own beside it. */
  readonly thread: () => ThreadOptions;
  /** GPUs for the lab's worker; they are let go of with it. */
  readonly devices: { readonly wire: LabDevicesWire; closeAll(): void };
  readonly notices: Notices;
  readonly memory: vscode.Memento;
  readonly extension: vscode.Uri;
  /** Where runs are kept that nobody chose a folder for. */
  readonly storage: vscode.Uri;
}

const memoryKey = 'lab';
const remembered = v.object({
  training: v.exactOptional(v.string()),
  helo: v.exactOptional(v.string()),
  experiment: v.exactOptional(v.string()),
});

export class Lab implements vscode.WebviewPanelSerializer {
  readonly #options: LabOptions;
  readonly #service: LabService;
  readonly #session: LabSession;
  #host: LabHost | undefined;
  #isRestored = false;
  #ending: Promise<void> | undefined;

  constructor(options: LabOptions) {
    this.#options = options;
    this.#service = new LabService({
      start: () => startThread(labThread(options)),
      devices: options.devices.wire,
      onRun: (run, news) => {
        this.#session.heard(run, news);
        this.#host?.heard(run, news);
      },
      onGone: (failure) => {
        options.devices.closeAll();
        this.#isRestored = false;
        this.#session.gone(failure);
      },
    });
    this.#session = new LabSession({
      client: this.#service.client,
      newFolder: (kind) => this.#newFolder(kind),
      onReplaced: (kind, folder) => this.#drop(kind, folder),
    });
    this.#session.onState(({ stopped }) => {
      // What went with its worker is still to be opened again, and so is what was not opened yet.
      if (stopped === undefined && this.#isRestored) this.#remember();
    });
  }

  get commands(): Readonly<Record<string, Command>> {
    return {
      openLab: () => this.open(),
      openExperiment: (file) => this.openExperiment(file),
      trainOnFiles: (file, selected) => this.trainOnFiles(file, selected),
    };
  }

  async open(): Promise<void> {
    if (this.#host) {
      this.#host.panel.reveal();
      return;
    }
    const panel = vscode.window.createWebviewPanel(
      labType,
      t('lab.panelTitle'),
      vscode.ViewColumn.Active,
      webviewOptions(this.#options.extension),
    );
    await this.#adopt(panel);
  }

  /** Shows an experiment of a file in the panel; nothing runs before the person says so. */
  async openExperiment(given: unknown): Promise<void> {
    const uri = given instanceof vscode.Uri ? given : vscode.window.activeTextEditor?.document.uri;
    if (uri?.scheme !== 'file') throw fail('file-unreadable', { file: uri?.path ?? '', why: '' });
    const experiment = await this.#service.client.readExperiment({ file: uri.fsPath });
    await this.open();
    this.#host?.show(experiment);
  }

  /** Files of the explorer, or the one in the editor, become the text that is learned from. */
  async trainOnFiles(given: unknown, selected: unknown): Promise<void> {
    const chosen: readonly unknown[] = Array.isArray(selected) ? selected : [given];
    const uris = chosen.filter((one) => one instanceof vscode.Uri);
    const shown = vscode.window.activeTextEditor?.document.uri;
    const all = uris.length > 0 ? uris : shown ? [shown] : [];
    const strange = all.find(({ scheme }) => scheme !== 'file');
    if (strange) throw fail('file-unreadable', { file: strange.path, why: strange.scheme });
    await this.open();
    if (all.length > 0) this.#host?.learnFrom(all.map(({ fsPath }) => fsPath));
  }

  /** VS Code hands back the panel that was open when the window was reloaded. */
  async deserializeWebviewPanel(panel: vscode.WebviewPanel): Promise<void> {
    panel.webview.options = webviewOptions(this.#options.extension);
    await this.#adopt(panel);
  }

  async reloadPage(): Promise<void> {
    await this.#host?.load();
  }

  /** Before the window goes: what goes on is written down, so that it can be resumed; only then the worker is ended. */
  end(): Promise<void> {
    this.#ending ??= this.#session.pauseAll().finally(() => this.#stop());
    return this.#ending;
  }

  async #stop(): Promise<void> {
    await this.#service.stop();
    this.#options.devices.closeAll();
  }

  dispose(): void {
    void this.end();
    this.#host?.panel.dispose();
    this.#session.dispose();
  }

  async #adopt(panel: vscode.WebviewPanel): Promise<void> {
    this.#host?.panel.dispose();
    const { notices, extension } = this.#options;
    const host = new LabHost({
      panel,
      session: this.#session,
      client: this.#service.client,
      notices,
      extension,
      restored: this.#restore(),
      onReopen: () => this.#restore(),
      onClosed: () => {
        if (this.#host === host) this.#closed();
      },
    });
    this.#host = host;
    await host.load();
  }

  /** Nobody watches any more: what goes on is written down and paused, and can be resumed. */
  #closed(): void {
    this.#host = undefined;
    void this.#session.pauseAll();
  }

  /** What was open when the window was closed, as its last checkpoints left it; once. */
  async #restore(): Promise<void> {
    if (this.#isRestored) return;
    const { memory, notices } = this.#options;
    const stored = v.safeParse(remembered, memory.get<unknown>(memoryKey));
    const folders: LabFolders = stored.success ? stored.output : {};
    for (const place of ['training', 'helo', 'experiment'] as const) {
      const folder = folders[place];
      if (folder === undefined) continue;
      try {
        if (place === 'experiment') await this.#session.openExperiment(folder);
        else await this.#session.openRun(place, folder);
      } catch (thrown) {
        // A folder that is gone is nothing to trouble the person with.
        notices.log.info(`lab: ${folder}: ${String(thrown)}`);
      }
    }
    this.#isRestored = true;
    this.#remember();
  }

  #remember(): void {
    void this.#options.memory.update(memoryKey, this.#session.folders);
  }

  async #newFolder(kind: LabPlace): Promise<string> {
    const name = new Date().toISOString().replaceAll(/[:.]/g, '-');
    const folder = vscode.Uri.joinPath(this.#placeOf(kind), name);
    await vscode.workspace.fs.createDirectory(folder);
    return folder.fsPath;
  }

  /** Of lessons and experiments the last one is kept; runs are kept until the person deletes them. */
  async #drop(kind: LabPlace, path: string): Promise<void> {
    const folder = vscode.Uri.file(path);
    const isOurs = folder.path.startsWith(`${this.#placeOf(kind).path}/`);
    if (kind === 'training' || !isOurs) return;
    await vscode.workspace.fs.delete(folder, { recursive: true }).then(undefined, () => undefined);
  }

  #placeOf(kind: LabPlace): vscode.Uri {
    return vscode.Uri.joinPath(this.#options.storage, 'lab', kind);
  }
}

/** The lab computes in a worker of its own, so that a text can be looked at while a model learns. */
function labThread({ thread, extension }: LabOptions): ThreadOptions {
  const options = thread();
  const path = (...parts: string[]) => vscode.Uri.joinPath(extension, ...parts).fsPath;
  return {
    ...options,
    script: path('dist', 'labWorker.js'),
    workerData: {
      ...options.workerData,
      tiny: path('media', 'models', 'tiny'),
      corpora: path('media', 'corpora'),
    },
  };
}
