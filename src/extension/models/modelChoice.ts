/** Which model is open: the one this workspace remembers, else the one the settings name, else the built-in one. */
import { isAbsolute } from 'node:path';
import { totalmem } from 'node:os';
import * as v from 'valibot';
import * as vscode from 'vscode';
import { fail } from '../../protocol/failures';
import type { ModelEstimate, ModelInfo, ModelLocation } from '../../protocol/models';
import { modelName } from '../editor/engineStatus';
import type { EngineService, ModelWish } from '../engine/engineService';
import { language, t } from '../l10n';
import type { Notices } from '../notices';
import type { Settings } from '../settings';
import { byteSize, grouped } from '../tokens/numbers';

export interface ModelChoiceOptions {
  readonly settings: Settings;
  readonly notices: Notices;
  readonly memory: vscode.Memento;
  /** Where to compute; undefined leaves that to the engine. */
  readonly device: () => ModelWish['device'];
}

const memoryKey = 'model';
const remembered = v.variant('kind', [
  v.object({ kind: v.literal('builtin'), model: v.exactOptional(v.literal('tiny')) }),
  v.object({ kind: v.literal('folder'), folder: v.string() }),
]);

export class ModelChoice {
  readonly #options: ModelChoiceOptions;

  constructor(options: ModelChoiceOptions) {
    this.#options = options;
  }

  wish(): ModelWish {
    const { device, settings } = this.#options;
    return { location: this.location(), device: device(), weights: settings.get('weights') };
  }

  location(): ModelLocation {
    const { settings, memory } = this.#options;
    const stored = v.safeParse(remembered, memory.get<unknown>(memoryKey));
    const isOurs =
      stored.success && (vscode.workspace.isTrusted || stored.output.kind === 'builtin');
    return isOurs ? stored.output : locationOf(settings.get('model.folder'));
  }

  /** Asks for a folder unless one is given, shows what it would cost, and opens it when the person agrees. */
  async openFolder(engine: EngineService, given: unknown): Promise<void> {
    const location = await this.agreedFolder(engine, given);
    if (location !== undefined) await this.#open(engine, location);
  }

  /** The folder of a model that the person agrees to load, having seen what it would cost. */
  async agreedFolder(engine: EngineService, given: unknown): Promise<ModelLocation | undefined> {
    const uri = given instanceof vscode.Uri ? given : await askForFolder();
    if (uri === undefined) return undefined;
    if (uri.scheme !== 'file') throw fail('folder-not-found', { folder: uri.toString() });
    const location: ModelLocation = { kind: 'folder', folder: uri.fsPath };
    const { weights } = this.wish();
    const estimate = await withProgress(t('model.reading', { folder: uri.fsPath }), (options) =>
      engine.client.estimateModel({ location, weights }, options),
    );
    return (await agrees(estimate)) ? location : undefined;
  }

  async useBuiltIn(engine: EngineService): Promise<void> {
    await this.#open(engine, { kind: 'builtin' });
  }

  async useTiny(engine: EngineService): Promise<void> {
    await this.#open(engine, { kind: 'builtin', model: 'tiny' });
  }

  /** What was just written into the settings holds, whatever the workspace remembers. */
  async folderChanged(engine: EngineService): Promise<void> {
    await this.#options.memory.update(memoryKey, undefined);
    await this.reopen(engine);
  }

  /** Opens what is wished now, if a model is open at all; otherwise the first use will. */
  async reopen(engine: EngineService): Promise<void> {
    if (engine.model !== undefined) await engine.open(this.wish());
  }

  async #open(engine: EngineService, location: ModelLocation): Promise<void> {
    const name = modelName({ location, name: location.kind === 'folder' ? location.folder : '' });
    const wish = { ...this.wish(), location };
    const model = await withProgress(t('model.loading', { name }), (options) =>
      engine.open(wish, options),
    );
    await this.#options.memory.update(memoryKey, location);
    this.#options.notices.inform(openedSentence(model));
  }
}

function locationOf(folder: string): ModelLocation {
  if (folder === '') return { kind: 'builtin' };
  // A relative path has no folder that it would be relative to; the engine says that there is none.
  return { kind: 'folder', folder: isAbsolute(folder) ? folder : `./${folder}` };
}

async function askForFolder(): Promise<vscode.Uri | undefined> {
  const [folder] =
    (await vscode.window.showOpenDialog({
      canSelectFiles: false,
      canSelectFolders: true,
      canSelectMany: false,
      title: t('model.pickTitle'),
      openLabel: t('model.pick'),
    })) ?? [];
  return folder;
}

/** Shows what a model needs beside what the computer has. */
async function agrees(estimate: ModelEstimate): Promise<boolean> {
  const { config } = estimate;
  const load = t('model.load');
  const detail = [
    t('model.size', { parameters: grouped(estimate.parameters, language()) }),
    t('model.shape', { layers: config.layers, heads: config.heads, width: config.width }),
    t('model.words', {
      vocabulary: grouped(config.vocabulary, language()),
      context: grouped(config.context, language()),
    }),
    t('model.memory', {
      weights: byteSize(estimate.weightBytes),
      cache: byteSize(estimate.cacheBytes),
      total: byteSize(totalmem()),
    }),
  ].join('\n');
  const question = t('model.question', { name: estimate.name });
  const chosen = await vscode.window.showInformationMessage(
    question,
    { modal: true, detail },
    load,
  );
  return chosen === load;
}

function openedSentence(model: ModelInfo): string {
  return t('model.opened', {
    name: modelName(model),
    parameters: grouped(model.parameters, language()),
    device: model.device,
    seconds: (model.loadMs / 1000).toFixed(1),
  });
}

interface WorkOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: { readonly done: number; readonly total: number }) => void;
}

/** Work with a bar that moves and can be cancelled. */
function withProgress<Value>(
  title: string,
  work: (options: WorkOptions) => Promise<Value>,
): Promise<Value> {
  const where = { location: vscode.ProgressLocation.Notification, title, cancellable: true };
  const shown = vscode.window.withProgress(where, (bar, cancellation) => {
    const controller = new AbortController();
    cancellation.onCancellationRequested(() => {
      controller.abort();
    });
    let reported = 0;
    return work({
      signal: controller.signal,
      onProgress: ({ done, total }) => {
        const percentage = total > 0 ? (done / total) * 100 : 0;
        bar.report({
          increment: percentage - reported,
          message: t('model.progress', { done: byteSize(done), total: byteSize(total) }),
        });
        reported = percentage;
      },
    });
  });
  return Promise.resolve(shown);
}
