/** Numbers of the run by name and index: where each is shown, and those that others are computed from. */
import type { Place } from '../src/protocol/panelApi';
import type { VerifiedOperand } from '../src/protocol/runs';

/** One number of an activation. */
export interface NumberAt {
  readonly name: string;
  /** One index for each axis. */
  readonly index: readonly number[];
}

/** How a number is told where it is shown: `blocks.0.attn.q[5, 2, 7]`, or one that is made of such, `exp(…)`. */
export type NumberName = string;

export function numberName(name: string, index: readonly number[]): NumberName {
  return `${name}[${index.join(', ')}]`;
}

/** One element of a vector of the run; a weight's elements are leaves, for which nothing was computed. */
export function elementName(vector: NumberName, index: number): NumberName | undefined {
  const at = numberAt(vector);
  return at && numberName(at.name, [...at.index, index]);
}

/** The number of an activation that a name tells; undefined where it tells another. */
export function numberAt(told: NumberName): NumberAt | undefined {
  const found = /^((?:blocks\.\d+\.|embed|pos_embed|ln_final|logits)[^[(]*)\[([\d, ]+)\]$/.exec(
    told,
  );
  const [, name, index] = found ?? [];
  // Maps that are made of several heads are no activations.
  const isOther = name === undefined || /\.(contribution|joint|mean)$/.test(name);
  return isOther || index === undefined
    ? undefined
    : { name, index: index.split(', ').map(Number) };
}

/** The place that shows a number; undefined for what no picture shows. */
export function placeOf({ name, index }: NumberAt, dropped: number): Partial<Place> | undefined {
  const found = /^(?:blocks\.(\d+)\.)?(.+)$/.exec(name);
  const block = Number(found?.[1] ?? 0);
  const [a = 0, b = 0, c = 0] = index;
  const token = a + dropped;
  const head = { step: 'attend', open: true, block, cell: undefined } as const;
  switch (found?.[2] ?? '') {
    case 'embed':
    case 'pos_embed':
      return { step: 'embed', token, channel: b };
    case 'resid_pre':
      if (block === 0) return { step: 'embed', token, channel: b };
      return { step: 'repeat', block: block - 1, token, channel: b };
    case 'attn.q':
    case 'attn.k':
      return { ...head, stage: 0, drawn: 'neurons', head: b, token, channel: c };
    case 'attn.v':
    case 'attn.z':
      return { ...head, stage: 4, head: b, token, channel: c };
    case 'attn.scores':
      return { ...head, stage: 1, drawn: 'matrix', head: a, token: b + dropped, cell: [b, c] };
    case 'attn.pattern': {
      const map = { drawn: 'matrix', measure: 'weights', over: 'head' } as const;
      return { ...head, ...map, stage: 3, head: a, token: b + dropped, cell: [b, c] };
    }
    case 'attn.result':
      return { ...head, stage: 5, head: b, token, channel: c };
    case 'attn_out':
      return { ...head, stage: 5, token, channel: b };
    case 'resid_mid':
      return { ...head, stage: 6, token, channel: b };
    case 'mlp.pre':
    case 'mlp.post':
      return { step: 'feedforward', block, token, neuron: b };
    case 'mlp_out':
      return { step: 'feedforward', block, token, channel: b };
    case 'resid_post':
      return { step: 'repeat', block, token, channel: b };
    case 'logits':
      return { step: 'predict' };
    default:
      return undefined;
  }
}

/** Element `element` of an operand, as far as it is an activation of the run: `blocks.0.attn.q[5, 2, :]`. */
export function elementOf(
  { name, value }: Pick<VerifiedOperand, 'name' | 'value'>,
  element: number,
  headSize: number,
): NumberAt | undefined {
  const found = /^((?:blocks\.\d+\.|embed|pos_embed|ln_final|logits)[^[]*)\[([^\]]*)\]$/.exec(name);
  const axes = found?.[2]?.split(', ');
  if (found?.[1] === undefined || axes === undefined) return undefined;
  const open = axes.filter((axis) => axis === ':').length;
  if (open === 0 && value === undefined) return undefined;
  // Heads side by side are one vector.
  const inside = open === 2 ? [Math.floor(element / headSize), element % headSize] : [element];
  let next = 0;
  const index = axes.map((axis) => (axis === ':' ? (inside[next++] ?? 0) : Number(axis)));
  return open > 2 || index.some(Number.isNaN) ? undefined : { name: found[1], index };
}
