/** Names of numbers that are made of others on the way to the screen. They are read as they are written. */
import type { SamplingSettings } from '../src/protocol/sampling';
import { numberName, type NumberName } from './numberPlace';

/** ‖x‖ of a vector of the run or a row of a weight: `‖blocks.0.resid_mid[5]‖`. */
export function normName(vector: NumberName): NumberName {
  return `‖${vector}‖`;
}

export function cosineName(a: NumberName, b: NumberName): NumberName {
  return `cos(${a}, ${b})`;
}

/** e to the power of a score less the largest of its row. */
export function exponentialName(score: NumberName): NumberName {
  return `exp(${score})`;
}

/** What the lens reads for an id in a state: 0 after the embedding, n after block n − 1. */
export function lensName(layer: number, position: number, id: number): NumberName {
  return numberName('lens', [layer, position, id]);
}

/** How unsure such a reading is, and how far from the last one of its position. */
export function lensMeasureName(
  measure: 'entropy' | 'divergence',
  layer: number,
  position: number,
): NumberName {
  return numberName(`lens.${measure}`, [layer, position]);
}

/** What the predictions of a run are told with, and what of them: of one token its chance before and after the cut. */
export interface ChanceOf {
  readonly what: 'p' | 'kept' | 'sum' | 'entropy' | 'gap' | 'mass';
  readonly position: number;
  readonly id?: number;
  readonly sampling: Omit<SamplingSettings, 'seed'>;
}

/** `kept[13, 505; T=0.8, k=40]`. What takes the largest logit tells its chances at temperature 1, with nothing cut. */
export function chanceName({ what, position, id, sampling }: ChanceOf): NumberName {
  const index = id === undefined ? [position] : [position, id];
  return `${what}[${index.join(', ')}; ${settingsText(sampling)}]`;
}

/** Settings in a name; those that change nothing are left out. */
export function settingsText(sampling: ChanceOf['sampling']): string {
  const { temperature, topK, topP, minP = 0, repetitionPenalty = 1 } = sampling;
  const isGreedy = temperature === 0;
  const told: readonly (readonly [name: string, value: number, none: number])[] = [
    ['T', isGreedy ? 1 : temperature, 0],
    ['k', isGreedy ? 0 : topK, 0],
    ['p', isGreedy ? 1 : topP, 1],
    ['min', isGreedy ? 0 : minP, 0],
    ['penalty', repetitionPenalty, 1],
  ];
  return told
    .filter(([, value, none]) => value !== none)
    .map(([name, value]) => `${name}=${String(value)}`)
    .join(', ');
}

/** What the share of a part of the last hidden state in a token's logit is made of. */
export function shareName(vector: NumberName, id: number): NumberName {
  return `share(${vector} → ${String(id)})`;
}

/** The mean weight that a head puts somewhere, or the mean entropy of its rows. */
export function habitName(kind: string, block: number, head: number): NumberName {
  return numberName(`habit.${kind}`, [block, head]);
}

/** A coordinate of a row of the embedding table on its map. */
export function mapPlaceName(id: number, axis: 'x' | 'y'): NumberName {
  return `pca.${axis}[${String(id)}]`;
}

/** How much a token surprised the model, in bits. */
export function surprisalName(position: number): NumberName {
  return numberName('surprisal', [position]);
}

/** What decided for a token of the generated line, by its index in the line. */
export function madeName(index: number): NumberName {
  return numberName('generated', [index]);
}

/** How far a vector of side B of a comparison is from that of side A; the same, as the cosine of their angle. */
export function apartName(a: NumberName, b: NumberName): NumberName {
  return `‖B − A‖(${a}, ${b})`;
}

export function cosineAcrossName(a: NumberName, b: NumberName): NumberName {
  return `cos(A: ${a}, B: ${b})`;
}

/** How far a head's weights moved between the sides of a comparison: of all pairs of tokens, or of one. */
export function movedName(block: number, head: number, pair?: number): NumberName {
  return numberName('moved', pair === undefined ? [block, head] : [block, head, pair]);
}
