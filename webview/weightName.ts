import type { ModelInfo } from '../src/protocol/models';

/** The full name of a weight in its file, whatever prefix the file gives it; undefined when the model has none. */
export function weightName({ weights }: ModelInfo, name: string): string | undefined {
  return weights.find((weight) => weight.name === name || weight.name.endsWith(`.${name}`))?.name;
}
