/** The sampling controls in the side bar: the page, its wire, and what the session's next token is under any settings. */
import { createBirpc } from 'birpc';
import type { BirpcReturn } from 'birpc';
import * as v from 'valibot';
import * as vscode from 'vscode';
import type { Outcome } from '../../protocol/engineApi';
import { fail, failureOf } from '../../protocol/failures';
import type { SamplingSettings } from '../../protocol/sampling';
import type {
  SamplingEvents,
  SamplingHost,
  SamplingPreview,
  SamplingState,
} from '../../protocol/samplingApi';
import type { KnownFacts } from '../engine/knownFacts';
import type { EditorGeneration } from '../generation/editorGeneration';
import { sampling as samplingSchema } from '../inspector/panelValues';
import { t } from '../l10n';
import type { Notices } from '../notices';
import { settingsSection } from '../settings';
import { pageHtml, webviewOptions } from '../webviews/page';

export const samplingViewId = 'tokenscope.sampling';

export interface SamplingViewOptions {
  readonly generation: EditorGeneration;
  readonly known: KnownFacts;
  readonly notices: Notices;
  readonly extension: vscode.Uri;
}

const shownRows = 12;

export class SamplingView implements vscode.WebviewViewProvider {
  readonly #options: SamplingViewOptions;
  readonly #owned: readonly { dispose(): void }[];
  #wire: BirpcReturn<SamplingEvents, SamplingHost> | undefined;
  #place = 0;

  constructor(options: SamplingViewOptions) {
    this.#options = options;
    this.#owned = [
      vscode.window.registerWebviewViewProvider(samplingViewId, this),
      options.generation.onChange(() => {
        this.#place++;
        this.#update();
      }),
      vscode.workspace.onDidChangeConfiguration((change) => {
        if (change.affectsConfiguration(`${settingsSection}.sampling`)) this.#update();
      }),
    ];
  }

  async resolveWebviewView(view: vscode.WebviewView): Promise<void> {
    const { extension, notices } = this.#options;
    const { webview } = view;
    webview.options = webviewOptions(extension);
    const wire = createBirpc<SamplingEvents, SamplingHost>(this.#api(), {
      post: (message) => webview.postMessage(message),
      on: (listener) => webview.onDidReceiveMessage(listener),
      eventNames: ['update'],
      timeout: -1,
      onFunctionError: (error, method) => {
        notices.log.warn(`sampling: ${method}: ${error.message}`);
      },
    });
    this.#wire = wire;
    view.onDidDispose(() => {
      wire.$close();
      if (this.#wire === wire) this.#wire = undefined;
    });
    view.onDidChangeVisibility(() => {
      this.#update();
    });
    const title = t('stepping.sampling');
    const sentences = ['sampling', 'failures'];
    webview.html = await pageHtml({ webview, extension, bundle: 'sampling', title, sentences });
  }

  dispose(): void {
    this.#wire?.$close();
    for (const owned of this.#owned) owned.dispose();
  }

  #update(): void {
    void this.#wire?.update(this.#state());
  }

  #state(): SamplingState {
    const { generation } = this.#options;
    const hasSession = generation.session !== undefined;
    const { sampling } = generation.settings();
    return { sampling, place: hasSession ? this.#place : undefined };
  }

  #api(): SamplingHost {
    return {
      ready: () => Promise.resolve(this.#state()),
      preview: (given) => outcomeOf(this.#preview(v.parse(samplingSchema, given))),
      write: (given) => {
        const { notices, generation } = this.#options;
        void notices.guard(async () => {
          await write(v.parse(samplingSchema, given));
          generation.useOwnSettings();
        });
      },
      startGeneration: () => void vscode.commands.executeCommand('tokenscope.startGeneration'),
    };
  }

  async #preview(sampling: SamplingSettings): Promise<SamplingPreview> {
    const { generation, known } = this.#options;
    const { session } = generation;
    if (session === undefined) throw fail('nothing-generated', {});
    const { segment } = session.text;
    const found = await session.context.candidates(segment, sampling, shownRows);
    const vocabulary = await known.vocabulary();
    const { keptCount, keptMass, entropyBits, pick } = found;
    return {
      rows: [...found.ids].map((id, row) => ({
        label: vocabulary.label(id),
        probability: found.probabilities[row] ?? NaN,
        kept: found.kept[row] ?? NaN,
      })),
      ...{ keptCount, keptMass, entropyBits, vocabulary: found.vocabulary },
      pick: vocabulary.label(pick.id),
    };
  }
}

/** In the workspace's settings where there is one, else in the person's own. */
async function write(sampling: SamplingSettings): Promise<void> {
  const settings = vscode.workspace.getConfiguration(settingsSection);
  const hasFolder = (vscode.workspace.workspaceFolders ?? []).length > 0;
  const target = hasFolder
    ? vscode.ConfigurationTarget.Workspace
    : vscode.ConfigurationTarget.Global;
  for (const [name, value] of Object.entries(sampling)) {
    const key = `sampling.${name}`;
    if (settings.get<unknown>(key) !== value) await settings.update(key, value, target);
  }
}

async function outcomeOf<Value>(work: Promise<Value>): Promise<Outcome<Value>> {
  try {
    return { ok: true, value: await work };
  } catch (error) {
    return { ok: false, failure: failureOf(error) };
  }
}
