/** Whether a file's bytes are text, and which. */

/** Where a NUL byte betrays a binary file, as git looks for it. */
const inspectedBytes = 8000;

/** UTF-8, or UTF-16 with its mark; undefined for anything else, which is no text that could be counted. */
export function textOfFile(bytes: Uint8Array): string | undefined {
  const wide = wideEncoding(bytes);
  if (wide === undefined && bytes.subarray(0, inspectedBytes).includes(0)) return undefined;
  try {
    return new TextDecoder(wide ?? 'utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function wideEncoding([first, second]: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : undefined;
}
