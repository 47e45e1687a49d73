/** The encodings that are built in, by OpenAI's names; `gpt2` and `r50k_base` are one under two names. */
export const encodingNames = [
  'gpt2',
  'r50k_base',
  'p50k_base',
  'cl100k_base',
  'o200k_base',
  'o200k_harmony',
] as const;

export type EncodingName = (typeof encodingNames)[number];
