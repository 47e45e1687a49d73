/** One open Inspector panel: its page, its wire, its session. What it makes goes with it when it is closed. */
import { createBirpc } from 'birpc';
import type { BirpcReturn } from 'birpc';
import * as vscode from 'vscode';
import type { CallOptions, Outcome } from '../../protocol/engineApi';
import { failureOf } from '../../protocol/failures';
import type {
  ComparedRead,
  HostApi,
  PanelEvents,
  PanelReads,
  PanelState,
} from '../../protocol/panelApi';
import { startPlace } from '../../protocol/panelApi';
import type { EngineService } from '../engine/engineService';
import { t } from '../l10n';
import type { Notices } from '../notices';
import { pageHtml } from '../webviews/page';
import { linkOf, writeLink } from './inspectorLink';
import { LongReads } from './longReads';
import type { OtherModelEngine } from './otherModelEngine';
import { PageUpdates } from './pageUpdates';
import { checked } from './panelMessages';
import { withAll, withName } from './panelValues';
import type { PanelSession } from './panelSession';
import { SourceHighlight } from './sourceHighlight';

export interface PanelHostOptions {
  readonly panel: vscode.WebviewPanel;
  readonly session: PanelSession;
  readonly engine: EngineService;
  /** The engine of another model that the open one is compared with. */
  readonly other: OtherModelEngine;
  readonly notices: Notices;
  readonly extension: vscode.Uri;
  readonly onClosed: () => void;
}

/** How long the status bar says that something was copied. */
const copiedMs = 4000;

export class PanelHost {
  readonly panel: vscode.WebviewPanel;
  readonly session: PanelSession;
  readonly #options: PanelHostOptions;
  readonly #wire: BirpcReturn<PanelEvents, HostApi>;
  readonly #highlight: SourceHighlight;
  /** Aborted when the panel closes, and with it whatever the page has asked for. */
  readonly #life = new AbortController();
  readonly #longReads: LongReads;
  /** A page that is hidden does not live; it asks for everything when it is shown again. */
  readonly #updates = new PageUpdates((state) => void this.#wire.update(state));
  #isListening = false;

  constructor(options: PanelHostOptions) {
    const { panel, session } = options;
    this.panel = panel;
    this.session = session;
    this.#options = options;
    this.#longReads = new LongReads(options.engine.client, (read, progress) => {
      if (this.#isListening) void this.#wire.progress(read, progress);
    });
    this.#wire = createBirpc<PanelEvents, HostApi>(checked(this.#api()), {
      post: (message) => panel.webview.postMessage(message),
      on: (listener) => panel.webview.onDidReceiveMessage(listener),
      eventNames: ['update', 'pointed', 'progress'],
      timeout: -1,
      onFunctionError: (error, method) => {
        options.notices.log.warn(`panel: ${method}: ${error.message}`);
      },
    });
    this.#highlight = new SourceHighlight((token) => {
      session.moved({ ...session.state.place, token, cell: undefined });
      if (this.#isListening) void this.#wire.pointed(token);
    });
    session.onState((state) => {
      this.#changed(state);
    });
    panel.onDidDispose(() => {
      this.#closed();
    });
    this.#changed(session.state);
  }

  /** Loads the page, again when the language has changed. */
  async load(): Promise<void> {
    this.#isListening = false;
    this.#updates.end();
    const { panel, extension } = this.#options;
    panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.svg');
    panel.webview.html = await pageHtml({
      webview: panel.webview,
      extension,
      bundle: 'inspector',
      script: 'module',
      title: t('panel.title'),
      sentences: [
        'inspector',
        'attention',
        'lessons',
        'parts',
        'merges',
        'compare',
        'deriving',
        'origins',
        'sharing',
        'verify',
        'times',
        'views',
        'failures',
      ],
    });
    this.#setTitle(this.session.state);
  }

  #changed(state: PanelState): void {
    this.#highlight.show(state);
    this.#setTitle(state);
    this.#updates.changed(state);
  }

  #setTitle({ source }: PanelState): void {
    const title =
      source === undefined ? t('panel.title') : t('panel.titleOf', { file: source.file });
    if (this.panel.title !== title) this.panel.title = title;
  }

  async copyLink(): Promise<void> {
    const uri = vscode.Uri.from({
      scheme: vscode.env.uriScheme,
      authority: 'tokenscope.tokenscope',
      path: '/inspect',
      query: writeLink(linkOf(this.session.state)),
    });
    await vscode.env.clipboard.writeText(uri.toString());
    vscode.window.setStatusBarMessage(t('sharing.copied'), copiedMs);
  }

  /** Side B is in an engine of its own when it has a model of its own. */
  #readOther<Method extends ComparedRead>(
    method: Method,
    request: Parameters<PanelReads[Method]>[0],
  ): Promise<Awaited<ReturnType<PanelReads[Method]>>> {
    const { engine, other } = this.#options;
    const isOther = this.session.state.comparison?.with.kind === 'model';
    const { client } = isOther ? other : engine;
    // Method and request belong together by this method's own signature; the union of all methods cannot say so.
    const read = client[method] as (
      request: Parameters<PanelReads[Method]>[0],
      options: CallOptions,
    ) => Promise<Awaited<ReturnType<PanelReads[Method]>>>;
    return read(request, { signal: this.#life.signal });
  }

  async #keepBranch(): Promise<void> {
    const name = await askForName('');
    if (name !== undefined) this.session.branches.keep(name);
  }

  async #nameBranch(branch: number): Promise<void> {
    const name = await askForName(this.session.branches.find(branch)?.name ?? '');
    if (name !== undefined) this.session.branches.name(branch, name);
  }

  async #saveTrace(): Promise<void> {
    const { run } = this.session.state;
    if (run === undefined) return;
    const target = await this.#askWhere('safetensors');
    if (target === undefined) return;
    const { client } = this.#options.engine;
    const bytes = await client.trace({ run: run.run }, { signal: this.#life.signal });
    await vscode.workspace.fs.writeFile(target, bytes);
  }

  async #savePicture(format: 'svg' | 'png', data: string): Promise<void> {
    const target = await this.#askWhere(format);
    if (target === undefined) return;
    await vscode.workspace.fs.writeFile(
      target,
      Buffer.from(data, format === 'png' ? 'base64' : 'utf8'),
    );
  }

  /** A file to save to; beside the source where that is a file. */
  async #askWhere(ending: string): Promise<vscode.Uri | undefined> {
    const { source } = this.session.state;
    const beside = source && vscode.Uri.parse(source.uri);
    const isFile = beside?.scheme === 'file';
    return vscode.window.showSaveDialog({
      filters: { [ending]: [ending] },
      ...(isFile ? { defaultUri: beside.with({ path: `${beside.path}.${ending}` }) } : {}),
    });
  }

  #closed(): void {
    this.#updates.end();
    this.#life.abort();
    this.#longReads.dispose();
    this.#wire.$close();
    this.#highlight.dispose();
    this.session.dispose();
    this.#options.other.dispose();
    this.#options.onClosed();
  }

  #reads(): Pick<HostApi, ComparedRead> {
    const { client } = this.#options.engine;
    const read =
      <Request, Value>(method: (request: Request, options: CallOptions) => Promise<Value>) =>
      (request: Request): Promise<Outcome<Value>> =>
        outcomeOf(method(request, { signal: this.#life.signal }));
    return {
      vocabulary: read(client.vocabulary),
      merges: read(client.merges),
      activation: read(client.activation),
      weight: read(client.weight),
      verify: read(client.verify),
      timings: read(client.timings),
      headStatistics: read(client.headStatistics),
      attentionMap: this.#longReads.attentionMap,
      difference: read(client.difference),
      lens: read(client.lens),
      neurons: read(client.neurons),
      contributions: read(client.contributions),
      distribution: read(client.distribution),
      tokenFacts: read(client.tokenFacts),
    };
  }

  #api(): HostApi {
    const { session } = this;
    return {
      ...this.#reads(),
      embeddingMap: this.#longReads.embeddingMap,
      continuations: this.#longReads.continuations,
      smallMaps: this.#longReads.smallMaps,
      ready: (place) => {
        const isFresh = session.state.place === startPlace;
        session.moved(isFresh && place !== undefined ? withAll(place) : session.state.place, 0);
        this.#isListening = true;
        this.#updates.begin(session.state);
        return Promise.resolve(session.state);
      },
      moved: (given, move) => {
        const place = withAll(given);
        this.#updates.pageMoved(place);
        session.moved(place, move);
      },
      generate: ({ count }) => void session.generate(count),
      goTo: ({ generated }) => void session.goTo(generated),
      goBy: ({ by }) => void session.goBy(by),
      setSampling: (sampling, stop) => {
        session.setSampling(sampling, stop);
      },
      edit: (edits) => void session.edit(edits),
      compare: (what) => void session.compare(what && withName(what)),
      chooseComparison: () => void vscode.commands.executeCommand('tokenscope.compare'),
      compared: (method, request) => outcomeOf(this.#readOther(method, request)),
      keepBranch: () => void this.#keepBranch(),
      nameBranch: ({ branch }) => void this.#nameBranch(branch),
      openBranch: ({ branch }) => void session.openBranch(branch),
      dropBranch: ({ branch }) => {
        session.dropBranch(branch);
      },
      cancelRead: (request) => {
        this.#longReads.cancel(request.read);
      },
      cancel: () => {
        session.cancel();
      },
      retry: () => void session.retry(),
      showLog: () => {
        this.#options.notices.log.show();
      },
      reveal: ({ token }) => void this.#options.notices.guard(() => this.#highlight.reveal(token)),
      copy: ({ text }) => void vscode.env.clipboard.writeText(text),
      copyLink: () => void this.#options.notices.guard(() => this.copyLink()),
      savePicture: ({ format, data }) =>
        void this.#options.notices.guard(() => this.#savePicture(format, data)),
      saveTrace: () => void this.#options.notices.guard(() => this.#saveTrace()),
      openModel: () => void vscode.commands.executeCommand('tokenscope.openModelFolder'),
      inspectSelection: () => void vscode.commands.executeCommand('tokenscope.inspectSelection'),
    };
  }
}

async function askForName(value: string): Promise<string | undefined> {
  const given = await vscode.window.showInputBox({ prompt: t('compare.branchName'), value });
  return given?.trim() === '' ? undefined : given?.trim();
}

/** Failures cross to the page as values. */
async function outcomeOf<Value>(work: Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}
