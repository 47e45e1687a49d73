import { sliceAligned, type Aligned } from './aligned';
import { matchesOf } from './matches';

/** What becomes of what a pattern matched. */
export type Behavior =
  'Removed' | 'Isolated' | 'MergedWithPrevious' | 'MergedWithNext' | 'Contiguous';

interface Part {
  start: number;
  end: number;
  readonly matched: boolean;
}

/**
 * Splits a text at the matches of a pattern; with `invert` at what lies between them. No part is empty. Source:
 * huggingface/tokenizers, `NormalizedString::split`.
 */
export function splitAligned(
  source: Aligned,
  at: { readonly pattern: RegExp; readonly behavior: Behavior; readonly invert?: boolean },
): Aligned[] {
  const parts = partsOf(source.text, at.pattern, at.invert ?? false);
  return join(parts, at.behavior)
    .filter(({ start, end }) => end > start)
    .map(({ start, end }) => sliceAligned(source, start, end));
}

function partsOf(text: string, pattern: RegExp, invert: boolean): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const match of matchesOf(text, pattern)) {
    const end = match.index + match[0].length;
    if (match.index > at) parts.push({ start: at, end: match.index, matched: invert });
    parts.push({ start: match.index, end, matched: !invert });
    at = end;
  }
  if (at < text.length) parts.push({ start: at, end: text.length, matched: invert });
  return parts;
}

function join(parts: readonly Part[], behavior: Behavior): Part[] {
  switch (behavior) {
    case 'Removed':
      return parts.filter(({ matched }) => !matched);
    case 'Isolated':
      return [...parts];
    case 'MergedWithPrevious':
      return fold(parts, (before, part) => part.matched && !before.matched);
    case 'MergedWithNext':
      return fold(parts, (before, part) => before.matched && !part.matched);
    case 'Contiguous':
      return fold(parts, (before, part) => before.matched === part.matched);
  }
}

/** Joins neighbours where `joins` says so of the two as they were matched. */
function fold(parts: readonly Part[], joins: (before: Part, part: Part) => boolean): Part[] {
  const joined: Part[] = [];
  for (const [index, part] of parts.entries()) {
    const last = joined.at(-1);
    if (last !== undefined && joins(parts[index - 1], part)) last.end = part.end;
    else joined.push({ ...part });
  }
  return joined;
}
