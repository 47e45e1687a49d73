/** The list of keys, opened by `?`. */
import { html, type TemplateResult } from 'lit';
import type { MessageKey } from '../l10n';
import type { Store } from '../store';

const keys: readonly (readonly [caps: readonly string[], says: MessageKey])[] = [
  [['1', '–', '8'], 'inspector.keys.open'],
  [['0'], 'inspector.keys.overview'],
  [['←', '→'], 'inspector.keys.x'],
  [['↑', '↓'], 'inspector.keys.y'],
  [['[', ']'], 'inspector.keys.block'],
  [[',', '.'], 'inspector.keys.head'],
  [['N', 'P'], 'inspector.keys.stage'],
  [['Tab'], 'views.keys.tab'],
  [['Home', 'End'], 'views.keys.ends'],
  [['+', '−'], 'views.keys.zoom'],
  [['Enter'], 'inspector.keys.enter'],
  [['Esc'], 'inspector.keys.escape'],
  [['M'], 'views.keys.mask'],
  [['T'], 'inspector.keys.table'],
  [['C'], 'inspector.keys.copy'],
  [['S'], 'sharing.keys.savePicture'],
  [['L'], 'sharing.copyLink'],
  [['Backspace'], 'sharing.keys.history'],
  [['D'], 'compare.key'],
  [['V'], 'verify.key'],
  [['F'], 'times.key'],
  [['E'], 'inspector.keys.reveal'],
  [['G'], 'inspector.keys.generate'],
  [['B'], 'inspector.keys.back'],
  [['?'], 'inspector.keys.list'],
];

export function keySheet({ inspector: { t } }: Store): TemplateResult {
  return html`<div class="sheet" role="dialog" aria-label=${t('inspector.keys')}>
    <h2>${t('inspector.keys')}</h2>
    <dl>
      ${keys.map(
        ([caps, says]) =>
          html`<dt>${caps.map((cap) => (cap === '–' ? ' – ' : html`<kbd>${cap}</kbd>`))}</dt>
            <dd>${t(says)}</dd>`,
      )}
    </dl>
    <p class="dim">${t('inspector.lockHint')}</p>
  </div>`;
}
