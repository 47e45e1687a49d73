/** Where generated pieces stand in a document. Edits elsewhere move them; an edit inside of one makes it no longer one. */
import type { Edit, Segment } from './sessionText';
import type { TreeNode } from './tokenTree';

export interface TrailMark {
  /** UTF-16 offsets in the document. */
  readonly start: number;
  readonly end: number;
  readonly node: TreeNode;
  /** What the piece was generated after. */
  readonly segment: Segment;
}

export class Trail {
  #marks: readonly TrailMark[] = [];

  get marks(): readonly TrailMark[] {
    return this.#marks;
  }

  edited(edits: readonly Edit[]): void {
    this.#marks = this.#marks.flatMap((mark) => moved(mark, edits));
  }

  /** The pieces that stand after `anchor` now; what was generated before it stays. */
  show(segment: Segment, anchor: number): void {
    const older = this.#marks.filter(({ end }) => end <= anchor);
    const path = segment.tree?.cursor.path ?? [];
    const marks = path.map((node) => ({
      start: anchor + (node.parent?.text.length ?? 0),
      end: anchor + node.text.length,
      node,
      segment,
    }));
    this.#marks = [...older, ...marks.filter(({ start, end }) => end > start)];
  }

  at(offset: number): TrailMark | undefined {
    return this.#marks.find(({ start, end }) => start <= offset && offset < end);
  }
}

function moved(mark: TrailMark, edits: readonly Edit[]): TrailMark[] {
  const { start, end } = mark;
  let shift = 0;
  for (const { offset, length, inserted } of edits) {
    const isBefore = offset + length <= start;
    const isAfter = offset >= end;
    if (!isBefore && !isAfter) return [];
    if (isBefore) shift += inserted - length;
  }
  return [{ ...mark, start: start + shift, end: end + shift }];
}
