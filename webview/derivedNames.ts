/** Names of numbers that are made of others on the way to the screen. They are read as they are written. */
import type { NumberName } from './numberPlace';

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
  return `lens[${[layer, position, id].join(', ')}]`;
}
