/** A vocabulary being learned, played: the sample after any number of merges, as the trainer made them. */
import { signal, type Signal } from '@preact/signals-core';
import type { VocabularyLesson } from '../../../src/protocol/labLessons';
import { Vocabulary } from '../../vocabulary';

export interface SampleState {
  readonly ids: readonly number[];
  /** Which of them the last merge made. */
  readonly fresh: ReadonlySet<number>;
}

export class MergePlayer {
  readonly lesson: VocabularyLesson;
  readonly vocabulary: Vocabulary;
  /** Merges made: 0 is bytes alone. */
  readonly at: Signal<number>;

  constructor(lesson: VocabularyLesson) {
    this.lesson = lesson;
    this.vocabulary = new Vocabulary(lesson.vocabulary);
    this.at = signal(lesson.merged.length);
  }

  get last(): number {
    return this.lesson.merged.length;
  }

  go(to: number): void {
    this.at.value = Math.max(0, Math.min(this.last, to));
  }

  key(key: string): boolean {
    const by = new Map([
      ['ArrowLeft', -1],
      ['ArrowRight', 1],
      ['PageUp', -10],
      ['PageDown', 10],
      ['n', 1],
      ['p', -1],
    ]).get(key);
    if (by !== undefined) this.go(this.at.peek() + by);
    else if (key === 'Home') this.go(0);
    else if (key === 'End') this.go(this.last);
    return by !== undefined || key === 'Home' || key === 'End';
  }

  /** The sample after the first `merges` merges: each joins its pair from left to right, inside pieces only. */
  sampleAfter(merges: number): SampleState {
    const { sample } = this.lesson;
    const starts = new Set(sample.pieceStarts);
    let ids = Array.from(sample.ids);
    let heads = ids.map((_, index) => starts.has(index));
    let fresh: number[] = [];
    for (let n = 0; n < merges; n++) {
      const joined = this.#join(n, ids, heads);
      ({ ids, heads } = joined);
      fresh = joined.fresh;
    }
    return { ids, fresh: new Set(fresh) };
  }

  #join(
    merge: number,
    ids: number[],
    heads: boolean[],
  ): { ids: number[]; heads: boolean[]; fresh: number[] } {
    const { left, right, merged } = this.lesson;
    const [a, b, made] = [left[merge], right[merge], merged[merge]];
    if (a === undefined || b === undefined || made === undefined || !ids.includes(b))
      return { ids, heads, fresh: [] };
    const out: number[] = [];
    const outHeads: boolean[] = [];
    const fresh: number[] = [];
    for (let at = 0; at < ids.length; at++) {
      const joins = ids[at] === a && ids[at + 1] === b && heads[at + 1] === false;
      if (joins) fresh.push(out.length);
      out.push(joins ? made : (ids[at] ?? 0));
      outHeads.push(heads[at] ?? false);
      if (joins) at++;
    }
    return { ids: out, heads: outHeads, fresh };
  }
}
