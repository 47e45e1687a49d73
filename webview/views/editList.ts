/** The edits of the run in words, latest first, with the ways back. */
import { html, nothing, type TemplateResult } from 'lit';
import type { MaskEdit, PositionEdit, RunEdits } from '../../src/protocol/runEdits';
import type { Inspector } from '../view';
import { seesAhead } from './maskNumbers';

/** More than these are counted, not told. */
const told = 3;

export function editList(
  inspector: Inspector,
  kind: keyof RunEdits,
): TemplateResult | typeof nothing {
  const { subject, t } = inspector;
  const edits = subject.value.edits[kind];
  if (edits.length === 0) return nothing;
  const earlier = edits.length - told;
  return html`<ul class="edits">
    ${edits
      .slice(-told)
      .reverse()
      .map((edit) => html`<li>${sayEdit(inspector, edit)}</li>`)}
    ${earlier > 0 ? html`<li class="dim">${t('views.edits.more', { n: earlier })}</li>` : nothing}
    ${kind === 'mask' && seesAhead(subject.value) ? html`<li class="dim">${t('views.edits.lifted')}</li>` : nothing}
  </ul>`;
}

/** Undo of the last edit of a kind, and of all of them. */
export function editButtons(inspector: Inspector, kind: keyof RunEdits): TemplateResult {
  const { subject, host, t } = inspector;
  const { edits } = subject.value;
  const keep = (count: number) => () => {
    host.edit({ ...edits, [kind]: edits[kind].slice(0, count) });
  };
  return html`<button class="quiet" data-focus="undo-edit" @click=${keep(edits[kind].length - 1)}>
      ${t('views.edits.undo')}
    </button>
    <button class="quiet" data-focus="reset-edits" @click=${keep(0)}>
      ${t('views.edits.reset')}
    </button>`;
}

function sayEdit(inspector: Inspector, edit: MaskEdit | PositionEdit): string {
  const { t } = inspector;
  const token = (index: number): string => named(inspector, index);
  switch (edit.kind) {
    case 'cell':
    case 'row':
    case 'column': {
      const q = edit.kind === 'column' ? '' : token(edit.query);
      const k = edit.kind === 'row' ? '' : token(edit.key);
      return t(`views.mask.${edit.kind}.${edit.seen ? 'show' : 'hide'}`, { q, k });
    }
    case 'band':
      return t('views.mask.band.says', { n: edit.width - 1 });
    case 'full':
      return t('views.mask.full.says');
    case 'swap':
      return t('views.position.swap.says', { a: token(edit.a), b: token(edit.b) });
    case 'move':
      return t('views.position.move.says', { n: token(edit.token), p: token(edit.to) });
    case 'drop':
      return t('views.position.drop.says', { n: token(edit.token) });
    case 'dropAll':
      return t('views.position.dropAll.says');
  }
}

/** A token of the text by its position in the window, with its text where it is in there. */
function named({ subject, labels }: Inspector, index: number): string {
  const { run, length } = subject.value;
  const position = index - run.dropped;
  const isInside = position >= 0 && position < length;
  return isInside ? `${String(position)} “${labels.plain(position)}”` : String(position);
}
