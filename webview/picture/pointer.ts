/** Where in a picture of cells the pointer is, and where an arrow key leads. */

/** Column under the pointer, of `columns` across the element. */
export function columnAt(
  event: Pick<MouseEvent, 'currentTarget' | 'clientX'>,
  columns: number,
): number {
  const box = (event.currentTarget as Element).getBoundingClientRect();
  return clampIndex(Math.floor(((event.clientX - box.left) / box.width) * columns), columns);
}

/** Row and column under the pointer. */
export function cellAt(
  event: MouseEvent,
  rows: number,
  columns: number,
): readonly [number, number] {
  const box = (event.currentTarget as Element).getBoundingClientRect();
  const row = Math.floor(((event.clientY - box.top) / box.height) * rows);
  return [clampIndex(row, rows), columnAt(event, columns)];
}

/** The steps down and right that an arrow key means; undefined for other keys. */
export function arrowStep(key: string): readonly [down: number, right: number] | undefined {
  switch (key) {
    case 'ArrowUp':
      return [-1, 0];
    case 'ArrowDown':
      return [1, 0];
    case 'ArrowLeft':
      return [0, -1];
    case 'ArrowRight':
      return [0, 1];
    default:
      return undefined;
  }
}

/** The nearest index in [0, length). */
export function clampIndex(index: number, length: number): number {
  return Math.min(length - 1, Math.max(0, index));
}
