/** A state of the stream as the logit lens reads it. */
import { numberName, type NumberName } from '../numberPlace';
import type { Inspector } from '../view';
import { finalNormOf, normalized } from './finalNorm';

export interface LensState {
  readonly name: NumberName;
  readonly values: Float32Array;
  /** What the unembedding reads: the state through the final norm, where there is one. */
  readonly read: Float32Array;
}

/** 0 after the embedding, n after block n − 1; undefined until it is there. */
export function lensState(
  inspector: Inspector,
  layer: number,
  position: number,
): LensState | undefined {
  if (inspector.subject.value.model.config.layers === 0) return undefined;
  const name = layer === 0 ? 'blocks.0.resid_pre' : `blocks.${String(layer - 1)}.resid_post`;
  const values = inspector.numbers.activation(name, [position])?.values;
  const norm = values && finalNormOf(inspector, values);
  return norm && { name: numberName(name, [position]), values, read: normalized(values, norm) };
}
