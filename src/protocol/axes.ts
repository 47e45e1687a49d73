/**
 * The axes every array in Tokenscope is named by, slowest first.
 *
 * B batch · L layer (block) · T position · Q query position · K key position · C residual channel ·
 * H head · D channel within a head · F hidden unit of the feed-forward network · V vocabulary
 */
export type Axis = 'B' | 'L' | 'T' | 'Q' | 'K' | 'C' | 'H' | 'D' | 'F' | 'V';

/** One of the eight steps of the loop, in their order. */
export const steps = [
  'context',
  'tokenize',
  'embed',
  'attend',
  'feedforward',
  'repeat',
  'predict',
  'append',
] as const;

export type Step = (typeof steps)[number];
