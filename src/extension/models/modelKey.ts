/** Tells models apart: what was made with the ids of one means something else, or nothing, with another. */
import type { ModelInfo } from '../../protocol/models';

export function modelKey(model: ModelInfo): string;
export function modelKey(model: ModelInfo | undefined): string | undefined;
export function modelKey(model: ModelInfo | undefined): string | undefined {
  return model && JSON.stringify([model.location, model.parameters]);
}
