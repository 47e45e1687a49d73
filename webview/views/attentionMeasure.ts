/** Which map of attention is on show: weights or contributions; of the open head, of its block, or of all blocks. */
import { html, type TemplateResult } from 'lit';
import type { AttentionMapOf, NumberBlock } from '../../src/protocol/runs';
import type { FormulaName } from '../formula';
import { probabilityScale, sizeScale, type Scale } from '../picture/scale';
import { roving } from '../roving';
import type { Inspector } from '../view';
import { stageOf } from './headNumbers';

/** The map that the place asks for. */
export function wantedMap({ place }: Inspector): AttentionMapOf {
  const { measure: kind, over, block, head } = place.value;
  if (over === 'model') return { kind };
  return over === 'block' ? { kind, block } : { kind, block, head };
}

/** Whether a map is an activation of the run, and not made of several. */
export function isPattern({ kind, head }: AttentionMapOf): boolean {
  return kind === 'weights' && head !== undefined;
}

/** A map as numbers, [Q, K]. */
export function mapOf({ numbers }: Inspector, wanted: AttentionMapOf): NumberBlock | undefined {
  const { block, head } = wanted;
  if (isPattern(wanted) && head !== undefined)
    return numbers.activation(`blocks.${String(block)}.attn.pattern`, [head]);
  return numbers.ask('attentionMap', wanted)?.map;
}

/** Weights lie between 0 and 1; contributions end at the largest there is, unless few of them dwarf the others. */
export function mapScale(kind: AttentionMapOf['kind'], ...maps: readonly Float32Array[]): Scale {
  return kind === 'weights' ? probabilityScale : sizeScale(...maps);
}

/** That the map which is wanted is still computed, how far that is, and the way back to the weights of the head. */
export function mapProgress(inspector: Inspector): TemplateResult {
  const { progress, t, host, set } = inspector;
  const now = progress.value;
  const share = now?.read === 'attentionMap' ? now.progress.done / now.progress.total : 0;
  return html`<p class="map-reading">
    <span role="status">${t('attention.computing', { p: Math.floor(100 * share) })}</span>
    <button
      class="quiet"
      data-focus="cancel-attention"
      @click=${() => {
        host.cancelRead({ read: 'attentionMap' });
        set({ measure: 'weights', over: 'head' });
      }}
    >
      ${t('inspector.stopHere')}
    </button>
  </p>`;
}

/** How strongly each token is tinted for a query: its weight, or its share of what reaches the query. */
export function tintOf(inspector: Inspector, query: number): Float32Array | undefined {
  const { place, subject } = inspector;
  const { block, head } = place.value;
  const pattern = { kind: 'weights', block, head } as const;
  const isShown = place.value.open && stageOf(inspector) === 'softmax';
  const wanted = isShown ? wantedMap(inspector) : pattern;
  const { length } = subject.value;
  const row = mapOf(inspector, wanted)?.values.subarray(query * length, (query + 1) * length);
  if (row === undefined || wanted.kind === 'weights') return row;
  const sum = row.reduce((total, each) => total + each, 0);
  return sum > 0 ? row.map((each) => each / sum) : row;
}

/** `blocks.1.attn.contribution`, for what is copied and read aloud. What a block's heads write together is no mean. */
export function mapName({ kind, block, head }: AttentionMapOf): string {
  const where = block === undefined ? 'attn' : `blocks.${String(block)}.attn`;
  const what = kind === 'weights' ? 'pattern' : 'contribution';
  const isJoint = kind === 'contributions' && block !== undefined;
  return head === undefined ? `${where}.${what}.${isJoint ? 'joint' : 'mean'}` : `${where}.${what}`;
}

/** Formulas of the map on show, where it is not the pattern itself. */
export function mapFormulas(inspector: Inspector): readonly FormulaName[] | undefined {
  const wanted = wantedMap(inspector);
  if (isPattern(wanted)) return undefined;
  const { over } = inspector.place.value;
  if (wanted.kind === 'weights') return [over === 'block' ? 'meanHeads' : 'meanModel'];
  if (over === 'head') return ['contribution'];
  return over === 'block' ? ['contributionBlock'] : ['contributionBlock', 'contributionModel'];
}

/** Buttons for the measure alone: the gallery shows every head. */
export function measureChoice(inspector: Inspector): TemplateResult {
  const { t, place, set } = inspector;
  return choice({
    name: t('attention.measure'),
    options: ['weights', 'contributions'] as const,
    chosen: place.value.measure,
    label: (each) => t(`attention.measure.${each}`),
    choose: (measure) => {
      set({ measure });
    },
  });
}

/** Over what is averaged. */
export function overChoice(inspector: Inspector): TemplateResult {
  const { t, place, set } = inspector;
  const { block, head } = place.value;
  return choice({
    name: t('attention.over'),
    options: ['head', 'block', 'model'] as const,
    chosen: place.value.over,
    label: (each) => t(`attention.over.${each}`, { b: block, h: head }),
    choose: (over) => {
      set({ over });
    },
  });
}

/** How the open head is drawn. */
export function drawnChoice(inspector: Inspector): TemplateResult {
  const { t, place, set } = inspector;
  const options = ['matrix', 'lines', 'neurons'] as const;
  return choice({
    name: t('attention.drawn'),
    // Lines are weights: before softmax there are none.
    options: options.filter((each) => each !== 'lines' || stageOf(inspector) === 'softmax'),
    chosen: place.value.drawn,
    label: (each) => t(`attention.drawn.${each}`),
    choose: (drawn) => {
      set({ drawn });
    },
  });
}

interface Choice<Option extends string> {
  readonly name: string;
  readonly options: readonly Option[];
  readonly chosen: Option;
  readonly label: (option: Option) => string;
  readonly choose: (option: Option) => void;
}

/** Options of which one holds, as one stop of the Tab key. */
function choice<Option extends string>(what: Choice<Option>): TemplateResult {
  const { name, options, chosen, label, choose } = what;
  const stop = options.includes(chosen) ? chosen : options[0];
  return html`<div class="choice" role="group" aria-label=${name} ${roving('move')}>
    <span class="dim small" aria-hidden="true">${name}</span>
    ${options.map(
      (each) =>
        html`<button
          class="quiet"
          data-focus=${`choice-${each}`}
          tabindex=${each === stop ? 0 : -1}
          aria-pressed=${each === chosen ? 'true' : 'false'}
          @click=${() => {
            choose(each);
          }}
        >
          ${label(each)}
        </button>`,
    )}
  </div>`;
}
