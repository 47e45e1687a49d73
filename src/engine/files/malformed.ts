import type { SafetensorsFault } from '../../protocol/failures';
import { fail } from '../../protocol/failures';

/** The error for a safetensors file; `tensor` is empty where no single tensor is to blame. */
export function malformed(file: string, why: SafetensorsFault, tensor = ''): Error {
  return fail('safetensors-malformed', { file, why, tensor });
}
