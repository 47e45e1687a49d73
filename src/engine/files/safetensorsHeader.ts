import * as v from 'valibot';
import type { ByteSource } from './byteSource';
import { malformed } from './malformed';
import { checkLayout } from './safetensorsLayout';
import { topLevelKeys } from './topLevelKeys';

/** One tensor of a safetensors file: its type as the file names it, and where its bytes are, from the file's start. */
export interface TensorEntry {
  readonly name: string;
  readonly type: string;
  readonly shape: readonly number[];
  readonly offset: number;
  readonly bytes: number;
}

/**
 * Reads and checks the header of a safetensors file: 8 bytes of length, JSON, then data without gaps. Entries come in
 * the order of their data. Everything a header may lie about is compared with the size of the file, so that whoever
 * reads an entry afterwards finds what it promises. Throws `safetensors-malformed`.
 * Source of the format: huggingface/safetensors, README "Format" and safetensors/src/tensor.rs.
 */
export async function readSafetensorsHeader(
  source: ByteSource,
  file: string,
): Promise<readonly TensorEntry[]> {
  const length = await readHeaderLength(source, file);
  const text = new TextDecoder().decode(await source.read(lengthBytes, length));
  const dataStart = lengthBytes + length;
  const entries = parseEntries(text, file).map((entry) => ({
    ...entry,
    offset: dataStart + entry.offset,
  }));
  entries.sort((a, b) => a.offset - b.offset);
  checkLayout(entries, { file, dataStart, size: source.size });
  return entries;
}

const lengthBytes = 8;
/** The reference implementation's limit. */
const longestHeaderBytes = 100_000_000;

async function readHeaderLength(source: ByteSource, file: string): Promise<number> {
  if (source.size < lengthBytes) throw malformed(file, 'too-short');
  const bytes = await source.read(0, lengthBytes);
  const length = new DataView(bytes.buffer, bytes.byteOffset).getBigUint64(0, true);
  if (length > BigInt(longestHeaderBytes)) throw malformed(file, 'header-too-large');
  if (length > BigInt(source.size - lengthBytes)) throw malformed(file, 'header-beyond-file');
  return Number(length);
}

function parseEntries(text: string, file: string): TensorEntry[] {
  const header = parseJson(text, file);
  if (typeof header !== 'object' || header === null || Array.isArray(header)) {
    throw malformed(file, 'header-not-object');
  }
  const seen = new Set<string>();
  for (const key of topLevelKeys(text)) {
    if (seen.has(key)) throw malformed(file, 'name-duplicate', key);
    seen.add(key);
  }
  return Object.entries(header)
    .filter(([name]) => name !== '__metadata__')
    .map(([name, entry]) => parseEntry(name, entry, file));
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw malformed(file, 'header-not-json');
  }
}

function parseEntry(name: string, entry: unknown, file: string): TensorEntry {
  const parsed = v.safeParse(entrySchema, entry);
  if (!parsed.success) throw malformed(file, 'entry-invalid', name);
  const { dtype, shape, data_offsets: offsets } = parsed.output;
  const [begin, end] = offsets;
  if (end < begin) throw malformed(file, 'offsets-out-of-range', name);
  return { name, type: dtype, shape, offset: begin, bytes: end - begin };
}

/** Sizes are whole numbers; how large they may be, the file's own size says. */
const size = v.pipe(v.number(), v.integer(), v.minValue(0));

const entrySchema = v.object({
  dtype: v.string(),
  shape: v.array(size),
  data_offsets: v.strictTuple([size, size]),
});
