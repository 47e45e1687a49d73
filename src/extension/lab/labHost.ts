/** The lab's open panel: its page and its wire. What it makes goes with it when it is closed. */
import { createBirpc } from 'birpc';
import type { BirpcReturn } from 'birpc';
import * as vscode from 'vscode';
import type { CallOptions, Outcome } from '../../protocol/engineApi';
import { failureOf } from '../../protocol/failures';
import type { LabClient, LabRunId, RunNews } from '../../protocol/labApi';
import type { Experiment } from '../../protocol/labExperiments';
import type { LabHostApi, LabPanelEvents, LabReads } from '../../protocol/labPanelApi';
import { t } from '../l10n';
import { Latest } from '../latest';
import type { Notices } from '../notices';
import { pageHtml } from '../webviews/page';
import { askForExperiment, askForRun, askForTexts, askForTokenizer, askWhereTo } from './labFiles';
import { checked } from './labMessages';
import type { LabSession } from './labSession';

export interface LabHostOptions {
  readonly panel: vscode.WebviewPanel;
  readonly session: LabSession;
  readonly client: LabClient;
  readonly notices: Notices;
  readonly extension: vscode.Uri;
  /** Settles when what was open when the window was closed is open again. */
  readonly restored: Promise<void>;
  /** Opens again what went with the worker. */
  readonly onReopen: () => Promise<void>;
  readonly onClosed: () => void;
}

export class LabHost {
  readonly panel: vscode.WebviewPanel;
  readonly #options: LabHostOptions;
  readonly #wire: BirpcReturn<LabPanelEvents, LabHostApi>;
  readonly #learning = new Latest();
  /** Aborted when the panel closes, and with it whatever the page has asked for. */
  readonly #life = new AbortController();
  #isListening = false;
  /** What is to be told as soon as the page listens. */
  #waiting: (() => void)[] = [];

  constructor(options: LabHostOptions) {
    const { panel, session } = options;
    this.panel = panel;
    this.#options = options;
    this.#wire = createBirpc<LabPanelEvents, LabHostApi>(checked(this.#api()), {
      post: (message) => panel.webview.postMessage(message),
      on: (listener) => panel.webview.onDidReceiveMessage(listener),
      eventNames: ['update', 'run', 'learning', 'learnFrom', 'opened'],
      timeout: -1,
      onFunctionError: (error, method) => {
        options.notices.log.warn(`lab: ${method}: ${error.message}`);
      },
    });
    const following = session.onState((state) => {
      if (this.#isListening) void this.#wire.update(state);
    });
    const seeing = panel.onDidChangeViewState(() => {
      // The page is gone while it is hidden; what it is told meanwhile waits until it asks again.
      if (!panel.visible) this.#isListening = false;
    });
    panel.onDidDispose(() => {
      seeing.dispose();
      following.dispose();
      this.#life.abort();
      this.#learning.dispose();
      this.#wire.$close();
      options.onClosed();
    });
  }

  /** Loads the page, again when the language has changed. */
  async load(): Promise<void> {
    this.#isListening = false;
    const { panel, extension } = this.#options;
    panel.title = t('lab.panelTitle');
    panel.iconPath = vscode.Uri.joinPath(extension, 'media', 'icon.svg');
    panel.webview.html = await pageHtml({
      webview: panel.webview,
      extension,
      bundle: 'lab',
      title: t('lab.panelTitle'),
      sentences: ['lab', 'inspector', 'failures'],
    });
  }

  heard(run: LabRunId, news: RunNews): void {
    // A page that is hidden does not live; it asks for the history when it is shown again.
    if (this.#isListening) void this.#wire.run(run, news);
  }

  show(experiment: Experiment): void {
    this.#tell(() => void this.#wire.opened(experiment));
  }

  learnFrom(files: readonly string[]): void {
    this.#tell(() => void this.#wire.learnFrom({ kind: 'files', files }));
  }

  #tell(news: () => void): void {
    if (this.#isListening) news();
    else this.#waiting.push(news);
  }

  #api(): LabHostApi {
    const { session, notices } = this.#options;
    return {
      ...this.#reads(),
      ...this.#dialogs(),
      change: ({ run, change }) => outcomeOf(session.change(run, change)),
      followSchedule: ({ run }) => outcomeOf(session.change(run, { rate: undefined })),
      ready: () => outcomeOf(this.#ready()),
      reopen: () => outcomeOf(this.#options.onReopen().then(() => undefined)),
      makeRun: ({ slot, form }) => outcomeOf(session.makeRun(slot, form)),
      endRun: ({ slot }) => outcomeOf(session.endRun(slot).then(() => undefined)),
      makeExperiment: ({ experiment }) => outcomeOf(session.makeExperiment(experiment)),
      cancelLearning: () => {
        this.#learning.cancel();
      },
      showLog: () => {
        notices.log.show();
      },
    };
  }

  #reads(): Pick<LabHostApi, keyof LabReads> {
    const { client } = this.#options;
    const read =
      <Request, Value>(method: (request: Request, options: CallOptions) => Promise<Value>) =>
      (request: Request): Promise<Outcome<Value>> =>
        outcomeOf(method(request, { signal: this.#life.signal }));
    return {
      corpusText: read(client.corpusText),
      parameterTable: read(client.parameterTable),
      startingWeight: read(client.startingWeight),
      learnVocabulary: (request) => {
        const signal = AbortSignal.any([this.#learning.begin(), this.#life.signal]);
        const onProgress: CallOptions['onProgress'] = (progress) => {
          void this.#wire.learning(progress);
        };
        return outcomeOf(client.learnVocabulary(request, { signal, onProgress }));
      },
      start: read(client.start),
      pause: read(client.pause),
      change: read(client.change),
      step: read(client.step),
      stepTensor: read(client.stepTensor),
      history: read(client.history),
      snapshot: read(client.snapshot),
      cost: read(client.cost),
      vocabulary: read(client.vocabulary),
      startExperiment: read(client.startExperiment),
      pauseExperiment: read(client.pauseExperiment),
      experimentResult: read(client.experimentResult),
    };
  }

  #dialogs(): Pick<
    LabHostApi,
    | 'openRun'
    | 'chooseFiles'
    | 'chooseTokenizer'
    | 'saveVocabulary'
    | 'saveModel'
    | 'openExperiment'
    | 'saveExperiment'
  > {
    const { client, session } = this.#options;
    return {
      openRun: () => outcomeOf(asked(askForRun(), (folder) => session.openRun('training', folder))),
      chooseFiles: () =>
        outcomeOf(
          asked(askForTexts(), (files) => Promise.resolve({ kind: 'files' as const, files })),
        ),
      chooseTokenizer: () =>
        outcomeOf(
          asked(askForTokenizer(), (file) => Promise.resolve({ kind: 'file' as const, file })),
        ),
      saveVocabulary: ({ json }) =>
        outcomeOf(
          asked(askWhereTo('tokenizer.json', t('lab.saveVocabulary')), (file) =>
            client.saveVocabulary({ file, json }).then(() => file),
          ),
        ),
      saveModel: ({ run, step }) =>
        outcomeOf(
          asked(askWhereTo('my-model', t('lab.saveModel')), (folder) =>
            client.saveModel({ run, step, folder }).then(() => {
              offerModel(folder);
              return folder;
            }),
          ),
        ),
      openExperiment: () =>
        outcomeOf(asked(askForExperiment(), (file) => client.readExperiment({ file }))),
      saveExperiment: ({ experiment }) =>
        outcomeOf(
          asked(askWhereTo(fileNameOf(experiment), t('lab.saveExperiment')), (file) =>
            client.writeExperiment({ file, experiment }).then(() => file),
          ),
        ),
    };
  }

  async #ready(): ReturnType<LabSession['state']> {
    await this.#options.restored;
    const state = await this.#options.session.state();
    this.#isListening = true;
    const waiting = this.#waiting;
    this.#waiting = [];
    // Behind the answer.
    setTimeout(() => {
      for (const news of waiting) news();
    });
    return state;
  }
}

/** Goes on with what the person chose; undefined when that was nothing. */
async function asked<Chosen, Value>(
  question: Promise<Chosen | undefined>,
  work: (chosen: Chosen) => Promise<Value>,
): Promise<Value | undefined> {
  const chosen = await question;
  return chosen === undefined ? undefined : work(chosen);
}

/** The saved model is one click away from being looked into. */
function offerModel(folder: string): void {
  const open = t('lab.openModel');
  void vscode.window
    .showInformationMessage(t('lab.modelSaved', { folder }), open)
    .then((chosen) => {
      if (chosen === open) {
        void vscode.commands.executeCommand('tokenscope.openModelFolder', vscode.Uri.file(folder));
      }
    });
}

function fileNameOf({ name }: Experiment): string {
  const plain = name.replaceAll(/[^\p{L}\p{N}-]+/gu, '-').replaceAll(/^-+|-+$/g, '');
  return `${plain === '' ? 'my' : plain}.experiment.json`;
}

/** Failures cross to the page as values. */
async function outcomeOf<Value>(work: Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}
