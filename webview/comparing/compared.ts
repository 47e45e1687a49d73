/** Both sides of a comparison with what belongs together, and where in it the person looks. */
import type { AlignedPair } from '../../src/protocol/alignment';
import type { NumberBlock } from '../../src/protocol/runs';
import { numberName, type NumberName } from '../numberPlace';
import type { Direction, Inspector, Subject } from '../view';

export interface Compared {
  readonly a: Subject;
  readonly b: Subject;
  readonly pairs: readonly AlignedPair[];
  /** Index of the pair that is looked at. */
  readonly at: number;
  readonly pair: AlignedPair;
}

/** Undefined until side B was run. */
export function comparedNow({ subject, other, place }: Inspector): Compared | undefined {
  const b = other.subject.value;
  const pairs = other.alignment.value?.pairs;
  if (!b || !pairs) return undefined;
  const { position } = place.value;
  const lonely = other.lonely.value;
  const isLonely = lonely !== undefined && pairs[lonely]?.before === undefined;
  const at = isLonely ? lonely : pairs.findIndex(({ before }) => before === position);
  const pair = pairs[at];
  return pair && { a: subject.value, b, pairs, at, pair };
}

/** Looks at a pair: the place follows where the pair has a token of A. */
export function choosePair(
  { other, set, subject, say }: Inspector,
  { pairs }: Compared,
  at: number,
) {
  const pair = pairs[at];
  if (pair === undefined) return;
  other.lonely.value = pair.before === undefined ? at : undefined;
  if (pair.before !== undefined)
    set({ token: pair.before + subject.value.run.dropped, cell: undefined });
  say(String(at));
}

/** ← and → go from pair to pair, those without a token of A included. */
export function movePair(inspector: Inspector, by: Direction): boolean {
  const compared = comparedNow(inspector);
  if (!compared) return false;
  choosePair(
    inspector,
    compared,
    Math.max(0, Math.min(compared.pairs.length - 1, compared.at + by)),
  );
  return true;
}

/** A token of a pair as plain text, with both where they differ. */
export function pairLabel({ labels, other }: Inspector, pair: AlignedPair): string {
  const a = pair.before === undefined ? undefined : labels.plain(pair.before);
  const b = pair.after === undefined ? undefined : other.labels.plain(pair.after);
  if (a === undefined || b === undefined || a === b) return a ?? b ?? '';
  return `${a} → ${b}`;
}

export interface Both<Value> {
  readonly a: Value | undefined;
  readonly b: Value | undefined;
}

/** An activation at the pair that is looked at; a side is undefined where it has no such token, or not yet. */
export function activations(
  { numbers, other }: Inspector,
  name: string,
  { before, after }: AlignedPair,
): Both<Float32Array> & { readonly names: Both<NumberName> } {
  return {
    a: before === undefined ? undefined : numbers.activation(name, [before])?.values,
    b: after === undefined ? undefined : other.numbers.activation(name, [after])?.values,
    names: {
      a: before === undefined ? undefined : numberName(name, [before]),
      b: after === undefined ? undefined : numberName(name, [after]),
    },
  };
}

/** A part of an activation of both runs. */
export function blocks(
  { numbers, other }: Inspector,
  name: string,
  index: readonly number[],
): Both<NumberBlock> {
  return { a: numbers.activation(name, index), b: other.numbers.activation(name, index) };
}

/** B − A; undefined where one is missing or they are not of one length. */
export function difference({ a, b }: Both<Float32Array>): Float32Array | undefined {
  if (!a || !b || a.length !== b.length) return undefined;
  return b.map((value, i) => value - (a[i] ?? Number.NaN));
}
