/** What the page says of itself: what it is there for, what it found, and what runs in it. */
import * as l10n from '@vscode/l10n';
import type gpu from '../../media/l10n/gpu.en.json';
import type { GpuAdapter } from '../../src/protocol/devices';
import type { GpuPageStatus } from '../../src/protocol/gpuPage';

type Key = keyof typeof gpu;

export class GpuPageText {
  readonly #adapters = document.createElement('ul');
  readonly #status = document.createElement('p');

  constructor(place: HTMLElement) {
    const embedded = document.getElementById('l10n')?.textContent ?? '{}';
    l10n.config({ contents: JSON.parse(embedded) as Record<string, string> });
    const purpose = document.createElement('p');
    purpose.textContent = t('gpu.purpose');
    this.#status.setAttribute('role', 'status');
    place.append(purpose, this.#status, this.#adapters);
    this.showStatus({ device: undefined, training: [] });
  }

  showStatus({ device, training }: GpuPageStatus): void {
    const told = device === undefined ? [] : [t('gpu.busy', { device })];
    if (training.length > 0) told.push(t('gpu.training', { device: training.join(', ') }));
    this.#status.textContent = told.length === 0 ? t('gpu.idle') : told.join(' ');
  }

  showAdapters(adapters: readonly GpuAdapter[]): void {
    this.#adapters.replaceChildren(
      ...adapters.map(({ device, name, kind }) => {
        const line = document.createElement('li');
        line.textContent = `${device}: ${t(kinds[kind], { name })}`;
        return line;
      }),
    );
  }
}

const kinds: Readonly<Record<GpuAdapter['kind'], Key>> = {
  hardware: 'gpu.adapter.hardware',
  software: 'gpu.adapter.software',
  missing: 'gpu.adapter.missing',
};

function t(key: Key, values: Readonly<Record<string, string>> = {}): string {
  return l10n.t(key, values);
}
