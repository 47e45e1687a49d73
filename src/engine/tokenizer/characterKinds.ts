import { KindTable } from './kindTable';
import { letter, number, space } from './unicode16';

/** What GPT-2's pattern tells apart. Half a surrogate pair alone is `unknown`, and so is what lies beyond the text. */
export type CharacterKind = 'unknown' | 'letter' | 'number' | 'space' | 'other';

/** Kinds of characters, and runs of one kind. */
export class CharacterKinds {
  readonly #table = new KindTable<CharacterKind>(
    ['unknown', 'letter', 'number', 'space', 'other'],
    classify,
  );

  /** Kind of the character that starts at `index`. */
  at(text: string, index: number): CharacterKind {
    return this.#table.at(text, index);
  }

  /** Where the run of one kind that starts here ends, or where it has `most` characters. The text is well-formed. */
  endOfRun(text: string, start: number, most = Infinity): number {
    const kind = this.at(text, start);
    let end = start;
    for (let count = 0; count < most && end < text.length; count++) {
      if (this.at(text, end) !== kind) break;
      end += unitsAt(text, end);
    }
    return end;
  }
}

const isLetter = new RegExp(letter, 'v');
const isNumber = new RegExp(number, 'v');
const isSpace = new RegExp(space, 'v');

function classify(character: string): CharacterKind {
  if (isSpace.test(character)) return 'space';
  if (isLetter.test(character)) return 'letter';
  return isNumber.test(character) ? 'number' : 'other';
}

/** Code units of the character at `index` of a well-formed text. */
function unitsAt(text: string, index: number): number {
  const unit = text.charCodeAt(index);
  return unit >= 0xd800 && unit < 0xdc00 ? 2 : 1;
}
