/** Two rows of tokens side by side. */
export interface Alignment {
  /** What each pair is made of, in the order of both texts. */
  readonly pairs: readonly AlignedPair[];
  /** How many tokens both have: the length of their longest common subsequence. */
  readonly common: number;
}

/**
 * `same` are the common ones. Between two of them as many others as both rows have there are paired in order, as
 * `replaced`; what is left over was `deleted` or `inserted`, and has no counterpart.
 */
export type AlignedPair =
  | { readonly kind: 'same' | 'replaced'; readonly before: number; readonly after: number }
  | { readonly kind: 'deleted'; readonly before: number; readonly after: undefined }
  | { readonly kind: 'inserted'; readonly before: undefined; readonly after: number };

type Tokens = ArrayLike<number> | ArrayLike<string>;

/**
 * Aligns by a longest common subsequence (Wagner and Fischer 1974), found in the part between what both begin and end
 * with. Takes before · after steps for those parts; rows of more than 4,096 tokens there are paired in order.
 */
export function align(before: Tokens, after: Tokens): Alignment {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < shorter - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  )
    tail++;
  const inner = commonOf(before, after, {
    from: head,
    beforeEnd: before.length - tail,
    afterEnd: after.length - tail,
  });
  const matches: Match[] = [];
  for (let i = 0; i < head; i++) matches.push([i, i]);
  matches.push(...inner);
  for (let i = tail; i > 0; i--) matches.push([before.length - i, after.length - i]);
  const pairs: AlignedPair[] = [];
  let [b, a] = [0, 0];
  for (const [beforeAt, afterAt] of matches) {
    pairs.push(...gap([b, beforeAt], [a, afterAt]));
    pairs.push({ kind: 'same', before: beforeAt, after: afterAt });
    [b, a] = [beforeAt + 1, afterAt + 1];
  }
  pairs.push(...gap([b, before.length], [a, after.length]));
  return { pairs, common: matches.length };
}

/** The pairs that have both, as `EngineApi.difference` takes them: before, after, before, after, … */
export function bothOf({ pairs }: Alignment): readonly number[] {
  return pairs.flatMap(({ before, after }) =>
    before === undefined || after === undefined ? [] : [before, after],
  );
}

type Match = readonly [before: number, after: number];
type Span = readonly [from: number, to: number];

const longestAligned = 4096;

interface Inner {
  readonly from: number;
  readonly beforeEnd: number;
  readonly afterEnd: number;
}

/** A longest common subsequence of both parts, as places in both rows. */
function commonOf(before: Tokens, after: Tokens, { from, beforeEnd, afterEnd }: Inner): Match[] {
  const [down, across] = [beforeEnd - from, afterEnd - from];
  if (down === 0 || across === 0 || Math.max(down, across) > longestAligned) return [];
  // lengths[i][j]: length for before[from + i …] and after[from + j …].
  const width = across + 1;
  const lengths = new Uint16Array((down + 1) * width);
  const lengthAt = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = down - 1; i >= 0; i--) {
    for (let j = across - 1; j >= 0; j--) {
      lengths[i * width + j] =
        before[from + i] === after[from + j]
          ? lengthAt(i + 1, j + 1) + 1
          : Math.max(lengthAt(i + 1, j), lengthAt(i, j + 1));
    }
  }
  const matches: Match[] = [];
  let [i, j] = [0, 0];
  while (i < down && j < across) {
    if (before[from + i] === after[from + j]) matches.push([from + i++, from + j++]);
    else if (lengthAt(i + 1, j) >= lengthAt(i, j + 1)) i++;
    else j++;
  }
  return matches;
}

/** What stands between two common tokens. */
function gap([before, beforeEnd]: Span, [after, afterEnd]: Span): AlignedPair[] {
  const pairs: AlignedPair[] = [];
  let [b, a] = [before, after];
  while (b < beforeEnd && a < afterEnd) pairs.push({ kind: 'replaced', before: b++, after: a++ });
  while (b < beforeEnd) pairs.push({ kind: 'deleted', before: b++, after: undefined });
  while (a < afterEnd) pairs.push({ kind: 'inserted', before: undefined, after: a++ });
  return pairs;
}
