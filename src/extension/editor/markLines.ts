/** Marks by the line on which they begin, each line in a form that tells whether it has to be drawn anew. */
import { labelsOf } from './tokenMarks';
import type { TokenLabel, TokenMark } from './tokenMarks';

/** Zero-based; UTF-16 units in the line. */
export interface LinePlace {
  readonly line: number;
  readonly character: number;
}

export interface PlacedLabel {
  readonly at: LinePlace;
  readonly label: TokenLabel;
  /** Whether ghost text stands at the same place. */
  readonly isAtGhost: boolean;
}

export interface BandRange {
  readonly start: LinePlace;
  readonly end: LinePlace;
}

/** What is drawn of the marks that begin on one line. */
export interface MarkLine {
  readonly line: number;
  /** The last line into which one of them reaches. */
  reach: number;
  /** The same for the same picture, on whichever line it stands. */
  key: string;
  /** By parity. */
  readonly bands: readonly [BandRange[], BandRange[]];
  readonly labels: PlacedLabel[];
}

/** `place` finds an offset's line; `ghostAt` is where ghost text stands, if there is some. Marks are in order. */
export function markLines(
  marks: readonly TokenMark[],
  place: (offset: number) => LinePlace,
  ghostAt?: number,
): MarkLine[] {
  const lines = new Map<number, MarkLine>();
  const lineOf = (line: number): MarkLine => {
    const known = lines.get(line);
    if (known !== undefined) return known;
    const fresh: MarkLine = { line, reach: line, key: '', bands: [[], []], labels: [] };
    lines.set(line, fresh);
    return fresh;
  };
  for (const mark of marks) {
    const start = place(mark.start);
    const end = place(mark.end);
    const line = lineOf(start.line);
    line.bands[mark.parity].push({ start, end });
    line.reach = Math.max(line.reach, end.line);
    line.key += `${String(start.character)},${String(end.line - start.line)},${String(end.character)},${String(mark.parity)};`;
  }
  for (const label of labelsOf(marks)) {
    const at = place(label.at);
    const line = lineOf(at.line);
    const isAtGhost = label.at === ghostAt;
    line.labels.push({ at, label, isAtGhost });
    line.key += `@${String(at.character)}${isAtGhost ? '*' : ''} ${label.texts.join(' ')};`;
  }
  return [...lines.values()];
}

/** What finding places asks of a document; offsets and lengths in UTF-16 units. */
export interface PlacedText {
  readonly lineCount: number;
  lineOf(offset: number): number;
  startOf(line: number): number;
  /** Without its line end. */
  lengthOf(line: number): number;
}

/** Finds the places of offsets that come one after another, a line at a time. Inside of a line end it is the line's end. */
export function placesIn(text: PlacedText): (offset: number) => LinePlace {
  let line = 0;
  let start = 0;
  let length = 0;
  let next = 0;
  return (offset) => {
    if (offset < start || offset >= next) {
      line = text.lineOf(offset);
      start = text.startOf(line);
      length = text.lengthOf(line);
      next = line + 1 < text.lineCount ? text.startOf(line + 1) : Infinity;
    }
    return { line, character: Math.min(offset - start, length) };
  };
}
