import * as v from 'valibot';
import { fail } from '../../protocol/failures';
import type { ModelFiles } from './byteSource';
import { readJson } from './readJson';
import { readSafetensorsHeader } from './safetensorsHeader';
import type { WeightFile } from './safetensorsWeights';

/** Opened weight files. `close` releases them all. */
export interface OpenedWeights {
  readonly files: readonly WeightFile[];
  readonly fileBytes: number;
  close(): Promise<void>;
}

/**
 * Opens `model.safetensors`, or else the shards that `model.safetensors.index.json` names, and reads their headers.
 * Throws `file-missing` for what is not there and `index-inconsistent` for a tensor that is not in the shard named.
 */
export async function openWeightFiles(files: ModelFiles): Promise<OpenedWeights> {
  const opened: WeightFile[] = [];
  const close = async (): Promise<void> => {
    await Promise.all(opened.map(({ source }) => source.close()));
  };
  try {
    const shards = await readIndex(files);
    for (const [file, tensors] of shards ?? [[singleFile, undefined]]) {
      opened.push(await openFile(files, file, tensors));
    }
  } catch (error) {
    await close();
    throw error;
  }
  const fileBytes = opened.reduce((sum, { source }) => sum + source.size, 0);
  return { files: opened, fileBytes, close };
}

const singleFile = 'model.safetensors';
const indexFile = 'model.safetensors.index.json';
const indexLimitBytes = 64 * 1024 * 1024;

type Shards = ReadonlyMap<string, readonly string[]>;

/** Tensor names by shard, or undefined when one file holds everything. Like transformers, one file comes first. */
async function readIndex(files: ModelFiles): Promise<Shards | undefined> {
  const single = await files.open(singleFile);
  await single?.close();
  if (single !== undefined) return undefined;
  const content = await readJson(files, indexFile, indexLimitBytes);
  if (content === undefined) return undefined;
  const parsed = v.safeParse(indexSchema, content);
  if (!parsed.success) throw fail('json-malformed', { file: indexFile, why: 'weight_map' });
  const shards = new Map<string, string[]>();
  for (const [tensor, shard] of Object.entries(parsed.output.weight_map)) {
    // A shard is a file of this folder: an index must not lead anywhere else.
    if (/[/\\]/.test(shard)) throw fail('index-inconsistent', { file: indexFile, tensor });
    const tensors = shards.get(shard) ?? [];
    tensors.push(tensor);
    shards.set(shard, tensors);
  }
  return shards;
}

const indexSchema = v.object({ weight_map: v.record(v.string(), v.string()) });

async function openFile(
  files: ModelFiles,
  file: string,
  tensors: readonly string[] | undefined,
): Promise<WeightFile> {
  const source = await files.open(file);
  if (source === undefined) throw fail('file-missing', { file, folder: files.name });
  try {
    const entries = await readSafetensorsHeader(source, file);
    if (tensors === undefined) return { file, source, entries };
    const byName = new Map(entries.map((entry) => [entry.name, entry]));
    const listed = tensors.map((tensor) => {
      const entry = byName.get(tensor);
      if (entry === undefined) throw fail('index-inconsistent', { file: indexFile, tensor });
      return entry;
    });
    return { file, source, entries: listed };
  } catch (error) {
    await source.close();
    throw error;
  }
}
