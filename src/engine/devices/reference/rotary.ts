import type { Device } from '../device';
import { openView } from './referenceMemory';

/**
 * Rotary position embedding, in place: the pair (d, d + D/2) of each head turns by position·base^(−2d/D) (Su et al.
 * 2021, eq. 34; the pairing of halves is that of Llama files). Row r stands at position start + r.
 */
export function rotate(op: Parameters<Device['rotary']>[0]): void {
  const { values, offset, stride } = openView(op.x);
  const half = op.headSize / 2;
  for (let row = 0; row < op.rows; row++) {
    for (let head = 0; head < op.heads; head++) {
      const start = offset + row * stride + head * op.headSize;
      for (let d = 0; d < half; d++) {
        const angle = (op.start + row) * op.base ** ((-2 * d) / op.headSize);
        const [x, y] = [values[start + d], values[start + d + half]];
        values[start + d] = x * Math.cos(angle) - y * Math.sin(angle);
        values[start + d + half] = x * Math.sin(angle) + y * Math.cos(angle);
      }
    }
  }
}
