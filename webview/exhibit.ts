/** Which numbers are on show in a step, by the name and indices of the run: what copying takes. */
import type { AttentionMapOf, NumberBlock } from '../src/protocol/runs';
import { part } from './picture/at';
import type { Inspector, Pointed } from './view';
import { isPattern, mapName, mapOf, wantedMap } from './views/attentionMeasure';
import { restingCell, stageOf } from './views/headNumbers';

export interface Exhibit {
  /** An activation of the run, or `ids`. */
  readonly name: string;
  /** Indices of the leading axes that are not shown, then those of the pointed number as far as one is pointed at. */
  readonly fixed: readonly number[];
  readonly at: readonly number[];
  /** What the picture multiplies the activation by. */
  readonly factor: number;
  /** The map that is shown in place of the activation, which it is made of. */
  readonly map?: AttentionMapOf;
}

export type Extent = 'value' | 'vector' | 'matrix';

/** What is on show, and which number of it `pointed` or the place points at. */
export function exhibitOf(inspector: Inspector, pointed: Pointed | undefined): Exhibit {
  const { place, subject } = inspector;
  const { config } = subject.value.model;
  const { step, block, neuron } = place.value;
  const position = pointed?.token ?? place.value.position;
  const channel = pointed?.channel ?? place.value.channel;
  const state = (name: string) => exhibit(config.layers > 0 ? name : 'embed', [position, channel]);
  switch (step) {
    case 'context':
    case 'tokenize':
    case 'append':
      return exhibit('ids', [position]);
    case 'embed':
      return state('blocks.0.resid_pre');
    case 'attend':
      return attention(inspector, pointed);
    case 'feedforward': {
      const chosen = pointed?.neuron ?? neuron;
      const at = chosen === undefined ? [position] : [position, chosen];
      return config.activation === 'none'
        ? state(`blocks.${String(block)}.resid_mid`)
        : exhibit(`blocks.${String(block)}.mlp.post`, at);
    }
    case 'overview':
    case 'repeat':
      return state(`blocks.${String(block)}.resid_post`);
    case 'predict': {
      const at = pointed?.id === undefined ? [] : [pointed.id];
      return { ...exhibit('logits', at), fixed: [subject.value.length - 1] };
    }
  }
}

function exhibit(name: string, at: readonly number[]): Exhibit {
  return { name, fixed: [], at, factor: 1 };
}

function attention(inspector: Inspector, pointed: Pointed | undefined): Exhibit {
  const { place, subject } = inspector;
  const { block, head, open, position, channel } = place.value;
  const stage = open ? stageOf(inspector) : 'softmax';
  const of = (part: string): string => `blocks.${String(block)}.${part}`;
  const at = pointed?.cell ?? restingCell(inspector);
  const asked = pointed?.channel ?? channel;
  const { headSize } = subject.value.model.config;
  switch (stage) {
    case 'dot':
      return { name: of('attn.scores'), fixed: [head], at, factor: Math.sqrt(headSize) };
    case 'scale':
    case 'mask':
      return { ...exhibit(of('attn.scores'), at), fixed: [head] };
    case 'softmax': {
      const map = wantedMap(inspector);
      const isOwn = !open || isPattern(map);
      return { ...exhibit(of('attn.pattern'), at), fixed: [head], ...(!isOwn && { map }) };
    }
    case 'mix':
      return {
        ...exhibit(of('attn.z'), asked < headSize ? [head, asked] : [head]),
        fixed: [position],
      };
    case 'output':
      return { ...exhibit(of('attn.result'), [head, asked]), fixed: [position] };
    case 'residual':
      return exhibit(of('resid_mid'), [position, asked]);
  }
}

/** Indices of a part of what is on show; undefined where it has no such part. */
export function indexOf(
  { name, fixed, at }: Exhibit,
  extent: Extent,
): readonly number[] | undefined {
  const isFlat = name === 'ids' || name === 'logits';
  if (extent === 'matrix') return isFlat ? undefined : fixed;
  if (extent === 'vector') return isFlat ? fixed : [...fixed, ...at.slice(0, 1)];
  return at.length < (isFlat ? 1 : 2) ? undefined : [...fixed, ...at];
}

/** The numbers of a part; undefined until they are there. A value is a block without axes. */
export function readExhibit(
  inspector: Inspector,
  { name, factor, map, fixed }: Exhibit,
  index: readonly number[],
): NumberBlock | undefined {
  const { numbers, subject } = inspector;
  const { ids } = subject.value.run;
  if (map !== undefined) {
    const whole = mapOf(inspector, map);
    const rest = index.slice(fixed.length);
    return whole && { shape: whole.shape.slice(rest.length), values: part(whole, ...rest) };
  }
  if (name === 'ids') {
    const values = Float32Array.from(
      index.length > 0 ? ids.subarray(index[0]).subarray(0, 1) : ids,
    );
    return { shape: index.length > 0 ? [] : [ids.length], values };
  }
  const block = numbers.activation(name, index);
  if (block === undefined || factor === 1) return block;
  return { ...block, values: block.values.map((value) => value * factor) };
}

/** `blocks.0.attn.pattern[1, 5, 2]`, with the factor where the picture has one. */
export function nameOf({ name, factor, map, fixed }: Exhibit, index: readonly number[]): string {
  const indices = map !== undefined && map.head === undefined ? index.slice(fixed.length) : index;
  const where = indices.length > 0 ? `[${indices.join(', ')}]` : '';
  const what = map === undefined ? name : mapName(map);
  return factor === 1 ? `${what}${where}` : `${what}${where} · √${String(Math.round(factor ** 2))}`;
}
