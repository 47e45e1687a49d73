/** The built-in model with every weight zero, as a folder: whatever is not zero on screen then does not come from a run. */
import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Makes the folder; who asked for it removes it. */
export async function zeroModel(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenscope-zero-'));
  await cp('media/models/builtin', folder, { recursive: true });
  const file = join(folder, 'model.safetensors');
  const bytes = await readFile(file);
  // A header of as many bytes as the first eight say; after it there are only weights.
  bytes.fill(0, 8 + Number(bytes.readBigUInt64LE(0)));
  await writeFile(file, bytes);
  return folder;
}
