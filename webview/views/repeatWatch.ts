/** Which token's rank is followed through the states: one that the model ends with, or the one that comes next in the text. */
import { html, type TemplateResult } from 'lit';
import type { Lens } from '../../src/protocol/runs';
import { at, range } from '../picture/at';
import type { Inspector } from '../view';
import { lensToken, type LensCell } from './repeatLens';

export interface Watch {
  readonly id: number | undefined;
  readonly choose: (id: number | undefined) => void;
}

export function watchChoice(
  inspector: Inspector,
  { lens, here, watch }: { readonly lens: Lens; readonly here: LensCell; readonly watch: Watch },
): TemplateResult {
  const { t, labels, subject } = inspector;
  const { run, length } = subject.value;
  const [states, , top] = lens.shape;
  const final = range(top).map((rank) => lensToken(lens, { ...here, layer: states - 1 }, rank).id);
  const next = here.position + 1 < length ? [at(run.ids, here.position + 1)] : [];
  const watched = watch.id === undefined ? [] : [watch.id];
  const ids = [...new Set([...next, ...final, ...watched])];
  return html`<label class="band-tool"
    >${t('views.lens.watch')}<select
      data-focus="watch"
      @change=${(event: Event) => {
        const { value } = event.target as HTMLSelectElement;
        watch.choose(value === '' ? undefined : Number(value));
      }}
    >
      <option value="" ?selected=${watch.id === undefined}>${t('inspector.none')}</option>
      ${ids.map(
        (id) =>
          html`<option value=${id} ?selected=${id === watch.id}>
            ${labels.plainId(id)}${next.includes(id) ? ` (${t('views.lens.next')})` : ''}
          </option>`,
      )}
    </select></label
  >`;
}
