/** The pattern of masked cells in a saved picture. */
import { palette } from '../picture/palette';
import { element } from './markup';

export const hatchId = 'masked';

export function hatchPattern(): string {
  const stroke = palette.peek()?.colours.hatch ?? 'currentColor';
  const size = { width: 6, height: 6, patternUnits: 'userSpaceOnUse' };
  return element('pattern', { id: hatchId, ...size, patternTransform: 'rotate(45)' }, [
    element('line', { x1: 0, y1: 0, x2: 0, y2: 6, stroke, 'stroke-width': 1.5 }),
  ]);
}
