import { letter, number, space } from './unicode16';

/** What GPT-2's pattern tells apart. Half a surrogate pair alone is `unknown`, and so is what lies beyond the text. */
export type CharacterKind = 'unknown' | 'letter' | 'number' | 'space' | 'other';

/** Looks kinds of characters up, asking Unicode's tables once for each character of the basic plane. */
export class CharacterKinds {
  /** Index in `kinds` by code unit; 0 where nobody asked yet. */
  readonly #seen = new Uint8Array(0x10000);

  /** Kind of the character that starts at `index`. */
  at(text: string, index: number): CharacterKind {
    const unit = text.charCodeAt(index);
    const seen = this.#seen[unit];
    if (seen > 0) return kinds[seen];
    const point = text.codePointAt(index);
    if (point === undefined) return 'unknown';
    const character = String.fromCodePoint(point);
    const kind = classify(character);
    if (character.length === 1) this.#seen[unit] = kinds.indexOf(kind);
    return kind;
  }
}

const kinds: readonly CharacterKind[] = ['unknown', 'letter', 'number', 'space', 'other'];

const isLetter = new RegExp(letter, 'v');
const isNumber = new RegExp(number, 'v');
const isSpace = new RegExp(space, 'v');

function classify(character: string): CharacterKind {
  if (/\p{Surrogate}/u.test(character)) return 'unknown';
  if (isSpace.test(character)) return 'space';
  if (isLetter.test(character)) return 'letter';
  return isNumber.test(character) ? 'number' : 'other';
}
