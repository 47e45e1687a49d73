/** Where tokens stand, changed: swap two, move one to another's place, take one or all out, and see what follows. */
import { html, nothing, type TemplateResult } from 'lit';
import { aboutPart } from '../parts';
import { noPosition, positionsOf, type PositionEdit } from '../../src/protocol/runEdits';
import { roving } from '../roving';
import { numberIn } from '../settings';
import type { Inspector } from '../view';
import { editButtons, editList } from './editList';

export function positionEditor(inspector: Inspector): TemplateResult | typeof nothing {
  const { t, subject } = inspector;
  // A model that is told no positions has none to change.
  if (subject.value.model.config.position === 'none') return nothing;
  const { edits } = subject.value;
  return html`<section class="position-editor">
    <h2>${t('views.position.title')} ${aboutPart(inspector, 'embed.position')}</h2>
    <div class="edit-bar" role="group" aria-label=${t('views.position.title')} ${roving('move')}>
      ${tools(inspector)}
      ${edits.positions.length > 0 ? editButtons(inspector, 'positions') : nothing}
    </div>
    ${editList(inspector, 'positions')}
  </section>`;
}

/** Where the run put the token at a position: another position, or undefined for nowhere. */
export function standsAt({ subject }: Inspector, position: number): number | undefined {
  const { edits, run, length } = subject.value;
  const positions = positionsOf(edits.positions, { dropped: run.dropped, length });
  const stands = positions?.[position] ?? position;
  return stands === noPosition ? undefined : stands;
}

function tools(inspector: Inspector): TemplateResult {
  const { t, place, subject, host } = inspector;
  const { token, position } = place.value;
  const { edits, run, length } = subject.value;
  const add = (edit: PositionEdit) => {
    host.edit({ ...edits, positions: [...edits.positions, edit] });
  };
  const button = (name: string, edit: PositionEdit, isPossible = 'yes') =>
    html`<button
      class="quiet"
      data-focus=${`position-${edit.kind}-${'b' in edit ? String(edit.b - edit.a) : ''}`}
      ?disabled=${isPossible === 'no'}
      @click=${() => {
        add(edit);
      }}
    >
      ${name}
    </button>`;
  const swap = (by: 1 | -1) => ({ kind: 'swap', a: token, b: token + by }) as const;
  return html`${button(t('views.position.swapBefore'), swap(-1), position > 0 ? 'yes' : 'no')}
    ${button(t('views.position.swapAfter'), swap(1), position < length - 1 ? 'yes' : 'no')}
    <label class="band-tool"
      >${t('views.position.move')}<input
        type="number"
        min="0"
        max=${length - 1}
        data-focus="position-move"
        .value=${String(standsAt(inspector, position) ?? '')}
        @change=${(event: Event) => {
          const { value } = event.target as HTMLInputElement;
          const to = numberIn(value, { from: 0, to: length - 1, whole: true });
          if (to !== undefined) add({ kind: 'move', token, to: to + run.dropped });
        }}
    /></label>
    ${button(t('views.position.drop'), { kind: 'drop', token })}
    ${button(t('views.position.dropAll'), { kind: 'dropAll' })}`;
}
