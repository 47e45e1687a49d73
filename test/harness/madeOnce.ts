// Folders of the cache: made by whoever needs them first, whole or not at all.
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';

/**
 * Makes a folder unless it is there. Two processes may do so at the same time: each works in a folder of its own, and
 * the first to finish names its folder; the other's is thrown away.
 */
export async function madeOnce(
  folder: string,
  make: (unfinished: string) => Promise<void>,
): Promise<void> {
  if (existsSync(folder)) return;
  const unfinished = `${folder}.${process.pid}`;
  mkdirSync(unfinished, { recursive: true });
  try {
    await make(unfinished);
    renameSync(unfinished, folder);
  } catch (thrown) {
    if (!existsSync(folder)) throw thrown;
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}
