/** The lines from the same prompt that were left or kept: to go back to, to name, to compare with. */
import { html, nothing, type TemplateResult } from 'lit';
import { aboutPart } from '../parts';
import type { Branch } from '../../src/protocol/panelApi';
import type { StopReason } from '../../src/protocol/sampling';
import { chain } from '../chain';
import type { MessageKey } from '../l10n';
import { fixed } from '../picture/numbers';
import type { Inspector } from '../view';

export const reasonKeys = {
  end: 'inspector.stopEnd',
  length: 'inspector.stopLength',
  stop: 'inspector.stopString',
} as const satisfies Record<StopReason, MessageKey>;

export function branchList(inspector: Inspector): TemplateResult {
  const { t, state, host } = inspector;
  const { branches, cursor, running } = state.value.generation;
  return html`<h2>${t('compare.branches')} ${aboutPart(inspector, 'append.branch')}</h2>
    ${
      branches.length === 0
        ? html`<p class="dim">${t('compare.noBranches')}</p>`
        : html`<ol class="branches">
            ${branches.map((branch) => line(inspector, branch))}
          </ol>`
    }
    <p class="branch-buttons">
      <button
        class="quiet"
        data-focus="keep-branch"
        ?disabled=${running || cursor === 0}
        @click=${() => {
          host.keepBranch();
        }}
      >
        ${t('compare.keep')}
      </button>
    </p>`;
}

function line(inspector: Inspector, branch: Branch): TemplateResult {
  const { t, labels, state } = inspector;
  const { id, name, tokens } = branch;
  const chips = chain(
    labels,
    tokens.map((token) => token.id),
  );
  const bits = tokens.reduce((sum, { surprisalBits }) => sum + surprisalBits, 0);
  const stopped = tokens.at(-1)?.stopped;
  return html`<li data-branch=${id}>
    <div>
      <b>${name ?? t('compare.branchN', { n: id })}</b>
      <span class="dim small"
        >${t('compare.branchFacts', { n: tokens.length, bits: fixed(bits, 1) })}${
          stopped === undefined
            ? nothing
            : ` · ${t(reasonKeys[stopped], { n: state.value.stop.maxTokens })}`
        }</span
      >
      <div class="line-of-chips">${chips}</div>
    </div>
    ${buttons(inspector, branch)}
  </li>`;
}

function buttons({ t, host, state }: Inspector, { id }: Branch): TemplateResult {
  const { running } = state.value.generation;
  const button = (what: 'open' | 'compare' | 'name' | 'drop', press: () => void) =>
    html`<button
      class="quiet"
      data-focus=${`branch-${String(id)}-${what}`}
      ?disabled=${running}
      @click=${press}
    >
      ${t(`compare.branch.${what}`)}
    </button>`;
  return html`<div class="branch-buttons">
    ${button('open', () => {
      host.openBranch({ branch: id });
    })}
    ${button('compare', () => {
      host.compare({ kind: 'branch', branch: id });
    })}
    ${button('name', () => {
      host.nameBranch({ branch: id });
    })}
    ${button('drop', () => {
      host.dropBranch({ branch: id });
    })}
  </div>`;
}
