import type { CliPlaces } from './command';

/**
 * The folder that `--model` means: the built-in model without one, one that comes with the product by its name, else a
 * path. A folder of such a name is meant by `./tiny`.
 */
export function modelFolder(places: CliPlaces, model: string | undefined): string {
  if (model === undefined || model === 'builtin') return places.builtin;
  return model === 'tiny' ? places.tiny : model;
}
