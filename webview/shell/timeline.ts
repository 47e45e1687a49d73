/** The generation's line: back, step, run; what was generated; why it stopped; the settings for what comes next. */
import { html, nothing, type TemplateResult } from 'lit';
import type { GeneratedToken } from '../../src/protocol/engineApi';
import type { PanelState } from '../../src/protocol/panelApi';
import type { StopReason } from '../../src/protocol/sampling';
import { chain } from '../chain';
import type { MessageKey } from '../l10n';
import { fixed, percent } from '../picture/numbers';
import { roving } from '../roving';
import type { Store } from '../store';
import { icon } from './icon';
import { samplingForm } from './samplingForm';

export function timeline(store: Store): TemplateResult {
  const { t, state } = store.inspector;
  const { generation } = state.value;
  return html`<section class="timeline" aria-label=${t('inspector.generated')}>
    ${controls(store, state.value)} ${line(store, state.value)}
    <span class="grow"></span>
    <span class="dim status">${status(store, generation.stopped)}</span>
    ${iconButton({
      icon: 'settings',
      says: t('inspector.sampling'),
      expanded: store.sheets.samplingShown.value,
      press: () => {
        store.sheets.samplingShown.value = !store.sheets.samplingShown.value;
      },
    })}
    ${store.sheets.samplingShown.value ? samplingForm(store) : nothing}
  </section>`;
}

function controls(store: Store, { generation, stop }: PanelState): TemplateResult {
  const { t, host } = store.inspector;
  const { cursor, tokens, running, stopped } = generation;
  const atEnd = cursor >= tokens.length;
  const isOver = atEnd && stopped !== undefined;
  return html`<div class="buttons" role="group" aria-label=${t('inspector.steps')}>
    ${iconButton({
      icon: 'back',
      says: t('inspector.stepBack'),
      disabled: running || cursor === 0,
      press: () => {
        host.goBy({ by: -1 });
      },
    })}
    ${iconButton({
      icon: 'step',
      says: t('inspector.stepOn'),
      disabled: running || isOver,
      press: () => {
        if (atEnd) host.generate({ count: 1 });
        else host.goBy({ by: 1 });
      },
    })}
    ${
      running
        ? iconButton({
            icon: 'stop',
            says: t('inspector.stopHere'),
            press: () => {
              host.cancel();
            },
          })
        : iconButton({
            icon: 'run',
            says: t('inspector.runAll'),
            disabled: isOver || cursor >= stop.maxTokens,
            press: () => {
              host.generate({ count: stop.maxTokens - cursor });
            },
          })
    }
  </div>`;
}

/** Every token of the line as a button that goes there; those after the cursor are faint. */
function line({ inspector }: Store, { generation }: PanelState): TemplateResult {
  const { t, host, set, labels } = inspector;
  const { tokens, cursor, promptLength } = generation;
  const chips = chain(
    labels,
    tokens.map(({ id }) => id),
  );
  return html`<span class="dim mono">${t('inspector.prompt', { n: promptLength })}</span>
    <ol ${roving('move')}>
      ${tokens.map(
        (token, index) =>
          html`<li>
            <button
              class="made"
              tabindex=${index === Math.max(0, cursor - 1) ? 0 : -1}
              aria-current=${index === cursor - 1 ? 'true' : nothing}
              data-after=${index >= cursor ? '' : nothing}
              title=${hint(inspector.t, token)}
              @click=${() => {
                host.goTo({ generated: index + 1 });
                set({ step: 'append' });
              }}
            >
              ${chips[index]}
            </button>
          </li>`,
      )}
    </ol>`;
}

function hint(t: Store['inspector']['t'], token: GeneratedToken): string {
  const { probability, draw, rank } = token;
  const parts = [`p ${percent(probability)}`, `${t('inspector.rank')} ${String(rank)}`];
  if (draw !== undefined) parts.push(`u ${fixed(draw, 4)}`);
  return parts.join(' · ');
}

const reasonKeys = {
  end: 'inspector.stopEnd',
  length: 'inspector.stopLength',
  stop: 'inspector.stopString',
} as const satisfies Record<StopReason, MessageKey>;

function status({ inspector: { t, state } }: Store, stopped: StopReason | undefined): string {
  const { generation, stop } = state.value;
  if (generation.running) return t('inspector.task.generating');
  if (stopped === undefined || generation.cursor < generation.tokens.length)
    return generation.tokens.length > 0
      ? `${String(generation.cursor)} / ${String(generation.tokens.length)}`
      : '';
  return `${t('inspector.stopped')}: ${t(reasonKeys[stopped], { n: stop.maxTokens })}`;
}

interface IconButton {
  readonly icon: string;
  readonly says: string;
  readonly disabled?: boolean;
  readonly expanded?: boolean;
  readonly press: () => void;
}

function iconButton(button: IconButton): TemplateResult {
  return html`<vscode-button
    appearance="icon"
    aria-label=${button.says}
    title=${button.says}
    ?disabled=${button.disabled ?? false}
    aria-expanded=${button.expanded === undefined ? nothing : String(button.expanded)}
    @click=${button.press}
    >${icon(button.icon)}</vscode-button
  >`;
}
