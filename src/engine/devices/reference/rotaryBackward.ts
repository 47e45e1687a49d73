import type { Device } from '../device';
import { rotate } from './rotary';

/** The gradient of a rotation is the rotation back: positions count downwards from −start. */
export function rotateBack(op: Parameters<Device['rotary']>[0]): void {
  const { offset, stride } = op.x;
  for (let row = 0; row < op.rows; row++) {
    const x = { array: op.x.array, offset: offset + row * stride, stride };
    rotate({ ...op, x, rows: 1, start: -(op.start + row) });
  }
}
