/** Bytes in the unit that fits: 512 B, 13.4 kB, 5.4 MB (powers of ten, as disks and networks count). */
import { fixed, grouped } from '../picture/numbers';

export function byteText(bytes: number): string {
  if (bytes < 1000) return `${grouped(bytes)} B`;
  if (bytes < 1e6) return `${fixed(bytes / 1e3, 1)} kB`;
  if (bytes < 1e9) return `${fixed(bytes / 1e6, 1)} MB`;
  return `${fixed(bytes / 1e9, 2)} GB`;
}
