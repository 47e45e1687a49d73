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

export function firesAt(inspector: Inspector, neuron: number): TemplateResult | typeof nothing {
  const { t, labels, place, set, subject } = inspector;
  const values = acrossText(inspector, neuron);
  if (values === undefined) return nothing;
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

/** Up to this many numbers (256 kB) the neurons of a block are fetched at all positions; of more, those that are shown. */
const mostNumbers = 2 ** 16;

/** One neuron of the open block at every position, [T]; the same numbers are the same array each time. */
export function acrossText(
  { numbers, place, subject }: Inspector,
  neuron: number,
): Float32Array | undefined {
  const { length, model } = subject.value;
  const name = `blocks.${place.value.block}.mlp.post`;
  if (length * model.config.hidden > mostNumbers)
    return numbers.ask('activation', { name, columns: [neuron, neuron + 1] })?.values;
  const all = numbers.activation(name);
  return all && columnOf(all, neuron);
}

/** Column of [T, F]. */
function columnOf(block: NumberBlock, column: number): Float32Array {
  const known = columnsOf.get(block) ?? new Map<number, Float32Array>();
  columnsOf.set(block, known);
  const [rows = 0, width = 0] = block.shape;
  const values =
    known.get(column) ??
    Float32Array.from({ length: rows }, (_, row) => at(block.values, row * width + column));
  known.set(column, values);
  return values;
}

const columnsOf = new WeakMap<NumberBlock, Map<number, Float32Array>>();
