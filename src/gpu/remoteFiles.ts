import { createBirpc } from 'birpc';
import type { EngineParts } from '../engine/engineParts';
import type { ByteSource } from '../engine/files/byteSource';
import type { Outcome } from '../protocol/engineApi';
import { TokenscopeError } from '../protocol/failures';
import type { ModelFilesApi, OpenedFile } from '../protocol/gpuPage';
import type { Channel } from '../worker/wire';

/** Model files that lie with the extension: read in the slices in which they are asked for. */
export function remoteFiles({ post, listen }: Channel): Pick<EngineParts, 'locate' | 'ranks'> {
  const files = createBirpc<ModelFilesApi, object>(
    {},
    {
      post: (message) => {
        post(message, []);
      },
      on: listen,
      // A disk may be slow; what ends a wait is an answer, or the end of this worker.
      timeout: -1,
    },
  );
  return {
    locate: async (location) => ({
      name: valueOf(await files.locate(location)),
      open: async (name) => {
        const opened = valueOf(await files.open(location, name));
        return opened === undefined ? undefined : sourceOf(files, opened);
      },
    }),
    ranks: async (file) => sourceOf(files, valueOf(await files.openRanks(file))),
  };
}

function sourceOf(
  files: Pick<ModelFilesApi, 'read' | 'close'>,
  { file, size }: OpenedFile,
): ByteSource {
  return {
    size,
    read: async (offset, length) => valueOf(await files.read(file, offset, length)),
    close: async () => {
      valueOf(await files.close(file));
    },
  };
}

function valueOf<Value>(outcome: Outcome<Value>): Value {
  if (outcome.ok) return outcome.value;
  throw new TokenscopeError(outcome.failure);
}
