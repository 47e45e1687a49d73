/** What the model wrote on its way: each prompt's continuation, newest first. */
import { html, nothing, type TemplateResult } from 'lit';
import { grouped } from '../../picture/numbers';
import type { Lab } from '../lab';
import type { RunLog } from '../runLog';

/** Steps that are listed; the others are in the run's folder. */
const shown = 12;

export function samples({ t }: Lab): (log: RunLog) => TemplateResult | typeof nothing {
  return (log) => {
    log.follow();
    if (log.samples.length === 0) return nothing;
    const newest = [...log.samples].reverse().slice(0, shown);
    return html`<section>
      <h2>${t('lab.samples.title')}</h2>
      <ol class="samples">
        ${newest.map(
          ({ step, prompt, continuation }) =>
            html`<li>
              <span class="num dim">${grouped(step)}</span>
              <span><b>${prompt}</b>${continuation}</span>
            </li>`,
        )}
      </ol>
    </section>`;
  };
}
