/** The language status: which model answers, on which device, how long the last run took, and what is going on now. */
import * as vscode from 'vscode';
import type { EngineService } from '../engine/engineService';
import type { DeviceName } from '../../protocol/devices';
import type { Health, Task } from '../../protocol/health';
import type { ModelInfo } from '../../protocol/models';
import { failureSentence, t } from '../l10n';
import type { MessageKey } from '../l10n';
import { fixed } from '../tokens/numbers';

export class EngineStatus {
  readonly #engine: EngineService;
  readonly #item: vscode.LanguageStatusItem;
  readonly #owned: { dispose(): void }[];

  constructor(engine: EngineService) {
    this.#engine = engine;
    this.#item = vscode.languages.createLanguageStatusItem('tokenscope.engine', '*');
    const changed = (): void => {
      this.refresh();
    };
    this.#owned = [engine.onHealth(changed), engine.onModel(changed)];
    this.refresh();
  }

  refresh(): void {
    const { health, model } = this.#engine;
    const item = this.#item;
    item.name = t('status.name');
    item.busy = health.state === 'busy' || health.state === 'starting';
    item.severity =
      health.state === 'failed'
        ? vscode.LanguageStatusSeverity.Error
        : vscode.LanguageStatusSeverity.Information;
    item.text = model === undefined ? t('status.noModel') : modelName(model);
    item.detail = detail(health, model);
    item.command =
      health.state === 'failed'
        ? { command: 'tokenscope.showLog', title: t('action.showLog') }
        : { command: 'tokenscope.openModelFolder', title: t('status.openModel') };
  }

  dispose(): void {
    for (const owned of this.#owned) owned.dispose();
    this.#item.dispose();
  }
}

/** The model's name for people. */
export function modelName({ location, name }: Pick<ModelInfo, 'location' | 'name'>): string {
  if (location.kind === 'folder') return name;
  return t(location.model === undefined ? 'model.builtin' : 'model.tiny');
}

const tasks: Readonly<Record<Task, MessageKey>> = {
  loading: 'status.loading',
  tokenizing: 'status.tokenizing',
  running: 'status.running',
  generating: 'status.generating',
};

function detail(health: Health, model: ModelInfo | undefined): string {
  switch (health.state) {
    case 'stopped':
      return t('status.stopped');
    case 'starting':
      return t('status.starting');
    case 'ready': {
      const { lastRunMs } = health;
      const device = deviceText(health.device, model);
      return lastRunMs === undefined
        ? t('status.ready', { device })
        : t('status.readyTimed', { device, ms: fixed(lastRunMs, 1) });
    }
    case 'busy': {
      const { progress } = health;
      const share = progress === undefined ? 0 : progress.done / Math.max(1, progress.total);
      const task = t(tasks[health.task]);
      return progress === undefined
        ? task
        : t('status.progress', { task, percent: Math.round(share * 100) });
    }
    case 'failed':
      return failureSentence(health.failure);
  }
}

/** The device, and how it keeps the matrices when it is not as usual. */
function deviceText(device: DeviceName, model: ModelInfo | undefined): string {
  const weights = model?.weightFormat ?? 'f32';
  return weights === 'f32' ? device : t('status.compact', { device, weights });
}
