import { malformed } from './malformed';
import type { TensorEntry } from './safetensorsHeader';

/** Bits of one element, by the type names of the format. */
const bitsOfType: Readonly<Partial<Record<string, number>>> = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  F8_E5M2: 8,
  F8_E4M3: 8,
  F8_E8M0: 8,
  I16: 16,
  U16: 16,
  F16: 16,
  BF16: 16,
  I32: 32,
  U32: 32,
  F32: 32,
  I64: 64,
  U64: 64,
  F64: 64,
  C64: 64,
};

/**
 * Checks that the entries, sorted by offset, tile the data exactly: inside the file, none over another, no gaps, none
 * longer or shorter than its shape. Throws `safetensors-malformed`.
 */
export function checkLayout(
  entries: readonly TensorEntry[],
  data: { readonly file: string; readonly dataStart: number; readonly size: number },
): void {
  const { file, size } = data;
  let end = data.dataStart;
  for (const entry of entries) {
    const follows = entry.offset === end;
    const fits = hasSizeOfShape(entry);
    if (entry.offset < end) throw malformed(file, 'offsets-overlap', entry.name);
    end = entry.offset + entry.bytes;
    if (end > size) {
      // An entry that is right in itself stands in a file that was cut off.
      throw malformed(
        file,
        follows && fits ? 'data-truncated' : 'offsets-out-of-range',
        entry.name,
      );
    }
    if (!fits) throw malformed(file, 'size-mismatch', entry.name);
    if (!follows) throw malformed(file, 'offsets-gap', entry.name);
  }
  if (end < size) throw malformed(file, 'offsets-gap');
}

/** A type that is not known can be skipped over but not checked: reading it throws `tensor-type`. */
function hasSizeOfShape(entry: TensorEntry): boolean {
  const bits = bitsOfType[entry.type];
  if (bits === undefined) return true;
  const elements = entry.shape.reduce((product, length) => product * length, 1);
  return (elements * bits) / 8 === entry.bytes;
}
