/** The three conditions that are not a picture: nothing selected, still running, failed. One sentence, then what to do. */
import { html, nothing, type TemplateResult } from 'lit';
import type { Failure } from '../../src/protocol/failures';
import type { Store } from '../store';

export function condition(store: Store): TemplateResult | typeof nothing {
  const condition = store.condition.value;
  if (condition === undefined) return nothing;
  switch (condition.kind) {
    case 'empty':
      return empty(store);
    case 'running':
      return running(store, condition.tokens);
    case 'failed':
      return failed(store, condition.failure);
    case 'ready':
      return nothing;
  }
}

function empty({ inspector: { t, host } }: Store): TemplateResult {
  return html`<div class="condition" role="status">
    <p>${t('inspector.empty')}</p>
    <p>
      <vscode-button
        @click=${() => {
          host.inspectSelection();
        }}
        >${t('inspector.inspect')}</vscode-button
      >
    </p>
  </div>`;
}

/** Appears with a delay (style/conditions.css), so that a short run does not flash. */
function running({ inspector: { t, host } }: Store, tokens: number | undefined): TemplateResult {
  const says =
    tokens === undefined ? t('inspector.runningText') : t('inspector.running', { n: tokens });
  return html`<div class="condition running" role="status">
    <i class="progress"></i>
    <p>${says}</p>
    <p>
      <vscode-button
        appearance="secondary"
        @click=${() => {
          host.cancel();
        }}
        >${t('inspector.stopHere')}</vscode-button
      >
    </p>
  </div>`;
}

function failed(store: Store, failure: Failure): TemplateResult {
  const { t, host } = store.inspector;
  return html`<div class="condition failed" role="alert">
    <p>${store.failureText(failure)}</p>
    <p class="actions">
      <vscode-button
        @click=${() => {
          host.retry();
        }}
        >${t('inspector.again')}</vscode-button
      >
      <vscode-button
        appearance="secondary"
        @click=${() => {
          host.showLog();
        }}
        >${t('inspector.showLog')}</vscode-button
      >
    </p>
  </div>`;
}
