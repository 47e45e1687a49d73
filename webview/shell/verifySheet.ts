/** The sheet of one number: what it is, what it is computed from, and the way to the picture that shows it. */
import { html, nothing, type TemplateResult } from 'lit';
import { derivation } from '../deriving/derivation';
import { numberAt, placeOf, type NumberName } from '../numberPlace';
import type { OpenNumber } from '../sheets';
import type { Store } from '../store';
import type { Inspector } from '../view';
import { sideChoice } from './sideChoice';
import { verification } from './verification';

export function verifySheet(store: Store, open: OpenNumber | 'nothing'): TemplateResult {
  const { t } = store.inspector;
  const isDerived = open !== 'nothing' && numberAt(open.number) === undefined;
  const title = t(isDerived ? 'verify.made' : 'verify.title');
  return html`<div
    class="sheet verification"
    role="dialog"
    tabindex="-1"
    aria-label=${title}
    data-side=${store.sheets.side.value}
  >
    <h2>${title}</h2>
    ${sideChoice(store)}
    ${open === 'nothing' ? html`<p>${t('verify.nothing')}</p>` : content(store, open)}
  </div>`;
}

function content(store: Store, { number, from }: OpenNumber): TemplateResult {
  const { inspector } = store.sheets;
  const at = numberAt(number);
  const made = at ? verification(inspector, at) : derivation(inspector, number)?.content;
  return html`<p><code>${number}</code></p>
    <p class="ways">
      ${
        from
          ? html`<button
              class="quiet"
              data-focus="number-back"
              @click=${() => {
                store.sheets.leaveNumber();
              }}
            >
              ← <code>${from.number}</code>
            </button>`
          : nothing
      }
      ${store.sheets.side.value === 'a' ? there(store, number) : nothing}
    </p>
    ${made ?? waiting(store, inspector)}`;
}

/** The way to the picture that shows the number. */
function there(store: Store, number: NumberName): TemplateResult | typeof nothing {
  const { t, set, subject } = store.inspector;
  const at = numberAt(number);
  const place = at
    ? placeOf(at, subject.value.run.dropped)
    : derivation(store.inspector, number)?.place;
  if (place === undefined) return nothing;
  return html`<button
    class="quiet"
    data-focus="number-place"
    @click=${() => {
      store.sheets.closeVerification();
      set(place);
    }}
  >
    ${t('verify.show')}
  </button>`;
}

function waiting(store: Store, { numbers, t }: Inspector): TemplateResult {
  const failure = numbers.failure.value;
  return failure
    ? html`<p class="error">${store.failureText(failure)}</p>`
    : html`<p class="dim">${t('verify.computing')}</p>`;
}
