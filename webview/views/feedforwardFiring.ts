/** Where else in the text a neuron fires: the tokens on which it is strongest, each leading there. */
import { html, nothing, type TemplateResult } from 'lit';
import type { NumberBlock } from '../../src/protocol/runs';
import { at, largestMagnitude, range } from '../picture/at';
import { fixed } from '../picture/numbers';
import { signedScaleTo } from '../picture/scale';
import { bars } from '../picture/strip';
import { roving } from '../roving';
import type { Inspector } from '../view';
import { neuronName } from './feedforwardNeurons';

const shown = 5;

/** `everywhere` is [T, F]. */
export function firesAt(
  inspector: Inspector,
  neuron: number,
  everywhere: NumberBlock | undefined,
): TemplateResult | typeof nothing {
  if (everywhere === undefined) return nothing;
  const { t, labels, place, set, subject } = inspector;
  const values = acrossText(everywhere, neuron);
  const strongest = range(values.length)
    .toSorted((a, b) => Math.abs(at(values, b)) - Math.abs(at(values, a)))
    .slice(0, shown);
  return html`<h2>${t('inspector.firesAt')}</h2>
    ${bars(values, { width: 240, height: 24, scale: signedScaleTo(largestMagnitude(values)), cursor: () => place.value.position })}
    <ol class="fires" ${roving('move')}>
      ${strongest.map(
        (position, i) =>
          html`<li>
            <button
              tabindex=${i === 0 ? 0 : -1}
              data-position=${position}
              @click=${() => {
                set({ token: position + subject.value.run.dropped, neuron });
              }}
            >
              ${labels.tokenChip(position)}
              <span class="dim small"
                >${position}${position === place.value.position ? ` · ${t('inspector.firesHere')}` : ''}</span
              >
            </button>
            <span
              class="num"
              data-number=${neuronName({ ...place.value, position }, 'post', neuron)}
              >${fixed(at(values, position))}</span
            >
          </li>`,
      )}
    </ol>`;
}

/** One neuron at every position, [T]. */
export function acrossText({ shape, values }: NumberBlock, neuron: number): Float32Array {
  const [positions = 0, hidden = 0] = shape;
  return Float32Array.from({ length: positions }, (_, i) => at(values, i * hidden + neuron));
}
