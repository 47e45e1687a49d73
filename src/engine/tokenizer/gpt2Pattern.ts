import { letter, number, space } from './unicode16';

/**
 * How GPT-2 cuts a text into pieces before it merges bytes: contractions, then words, numbers and the rest, each with
 * the one space before it, then white space. Source: openai/gpt-2, src/encoder.py, `self.pat`.
 */
export const gpt2Source =
  "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}]+|\\s+(?!\\S)|\\s+";

const contractions = "'s|'t|'re|'ve|'m|'ll|'d";
const words = ` ?${letter}+| ?${number}+| ?[^${space}${letter}${number}]+`;
const blanks = `${space}+(?![^${space}])|${space}+`;

/** A fresh matcher (it carries `lastIndex`); its matches cover any well-formed text without gaps. */
export function gpt2Pattern(): RegExp {
  return new RegExp(`${contractions}|${words}|${blanks}`, 'gv');
}

/**
 * Whether a piece ends before `index` in every text that has these two characters there.
 *
 * No alternative matches anything but white space before white space, a letter before what is neither letter nor space,
 * or a number before a non-number; letters follow other characters only in a contraction, after an apostrophe. There is
 * no look-behind, and the one look-ahead is about white space before a non-space, which is never a cut here. So where
 * one of these kinds meets another, a piece ends, the piece before does not depend on what follows, nor the reverse.
 */
export function gpt2SafeCut(text: string, index: number): boolean {
  const left = kindOf(characterBefore(text, index));
  const right = kindOf(characterAt(text, index));
  if (left === 'unknown' || right === 'unknown') return false;
  if (left === right || left === 'space') return false;
  return !(right === 'letter' && text.charAt(index - 1) === "'");
}

type Kind = 'letter' | 'number' | 'space' | 'other' | 'unknown';

const isLetter = new RegExp(letter, 'v');
const isNumber = new RegExp(number, 'v');
const isSpace = new RegExp(space, 'v');

const asciiKinds: readonly Kind[] = Array.from({ length: 128 }, (_, code) =>
  classify(String.fromCharCode(code)),
);

function kindOf(character: string): Kind {
  return asciiKinds[character.charCodeAt(0)] ?? classify(character);
}

/** Half a surrogate pair says nothing: the other half may lie outside the part of the text that is given. */
function classify(character: string): Kind {
  if (character === '' || /\p{Surrogate}/u.test(character)) return 'unknown';
  if (isSpace.test(character)) return 'space';
  if (isLetter.test(character)) return 'letter';
  return isNumber.test(character) ? 'number' : 'other';
}

function characterAt(text: string, index: number): string {
  const point = text.codePointAt(index);
  return point === undefined ? '' : String.fromCodePoint(point);
}

function characterBefore(text: string, index: number): string {
  const pair = characterAt(text, index - 2);
  return pair.length === 2 ? pair : text.charAt(index - 1);
}
