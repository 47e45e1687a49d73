import { KindTable } from './kindTable';
import { letter, lowerLetter, mark, number, space, upperLetter } from './unicode16';

/** What o200k_base's pattern tells apart; `letter` has no case. `unknown` as in CharacterKind. */
type LetterKind = 'unknown' | 'upper' | 'lower' | 'letter' | 'mark' | 'number' | 'space' | 'other';

/** Kinds of characters, with letters by their case. */
export class LetterKinds {
  readonly #table = new KindTable<LetterKind>(
    ['unknown', 'upper', 'lower', 'letter', 'mark', 'number', 'space', 'other'],
    (character) => tests.find(([, test]) => test.test(character))?.[0] ?? 'other',
  );

  /** Kind of the character that starts at `index`. */
  at(text: string, index: number): LetterKind {
    return this.#table.at(text, index);
  }
}

const tests: readonly (readonly [LetterKind, RegExp])[] = [
  ['space', new RegExp(space, 'v')],
  ['lower', new RegExp(lowerLetter, 'v')],
  ['upper', new RegExp(upperLetter, 'v')],
  ['letter', new RegExp(letter, 'v')],
  ['mark', new RegExp(mark, 'v')],
  ['number', new RegExp(number, 'v')],
];
