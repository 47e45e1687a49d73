import { fail } from '../../../protocol/failures';
import { letter, lowerLetter, mark, number, ranges, space, upperLetter } from '../unicode16';
import { wordCharacter } from './olderUnicode';

/** What tokenizer.json looks for: an Oniguruma expression, or a plain text. */
export type Pattern = { readonly Regex: string } | { readonly String: string };

/**
 * The pattern as JavaScript's expression (flags `g` and `v`). What Oniguruma means otherwise is written out: `\s`, `\d`,
 * `\w` and `\h`, the categories of Unicode 16.0, and `(?i:…)`. Throws `tokenizer-unsupported` with the pattern for what
 * JavaScript has not, such as possessive quantifiers and atomic groups.
 */
export function compilePattern(pattern: Pattern, file: string): RegExp {
  try {
    if ('String' in pattern) return new RegExp(escapeText(pattern.String), 'gv');
    return new RegExp(translate(pattern.Regex), 'gv');
  } catch {
    throw fail('tokenizer-unsupported', { file, what: `pattern ${JSON.stringify(pattern)}` });
  }
}

function escapeText(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

/** What `\b` takes for a word has no joiners; `\w` is that and the superscripts and fractions of Latin-1. */
const boundary = `[${wordCharacter}--\\p{Join_Control}]`;
const word = `[${boundary}\\u00b2\\u00b3\\u00b9\\u00bc-\\u00be]`;
const newHan = ranges('16ff2-16ff6 2b73a-2b73f 2cea2-2cead 323b0-33479');
const newSigns = ranges(
  '20c1 2b96 fbc3-fbd2 fd90-fd91 fdc8-fdce 10ed1-10ed8 1ccfa-1ccfc 1ceba-1ced0 1cee0-1cef0 1f6d8 ' +
    '1f777-1f77a 1f8d0-1f8d8 1fa54-1fa57 1fa8a 1fa8e 1fac8 1facd 1faea 1faef 1fbfa',
);

const classes: Readonly<Partial<Record<string, string>>> = {
  '\\s': space,
  '\\d': `[\\p{Nd}--[${ranges('11de0-11de9')}]]`,
  '\\w': word,
  '\\h': '[0-9a-fA-F]',
  '\\p{L}': letter,
  '\\p{N}': number,
  '\\p{M}': mark,
  '\\p{P}': `[\\p{P}--[${ranges('10ed0')}]]`,
  '\\p{S}': `[\\p{S}--[${newSigns}]]`,
  '\\p{Ll}': lowerLetter,
  '\\p{Lu}': `[${upperLetter}--\\p{Lt}]`,
  '\\p{Lt}': '\\p{Lt}',
  '\\p{Lm}': `[\\p{Lm}&&${letter}]`,
  '\\p{Lo}': `[${letter}--[${upperLetter}${lowerLetter}\\p{Lm}]]`,
  '\\p{Han}': `[\\p{Script=Han}--[${newHan}]]`,
  '\\p{Hiragana}': '\\p{Script=Hiragana}',
  '\\p{Katakana}': '\\p{Script=Katakana}',
  '\\p{Hangul}': '\\p{Script=Hangul}',
};

/** What matches one character of a class, or with `\S`, `\P{L}` and the like one outside it. */
function classOf(escape: string): string | undefined {
  const known = classes[escape];
  if (known !== undefined) return known;
  const opposite = classes[`\\${escape.charAt(1).toLowerCase()}${escape.slice(2)}`];
  if (opposite !== undefined && /^\\[A-Z]/.test(escape)) return `[^${opposite}]`;
  return undefined;
}

const tokens =
  /\[:|&&|\\p\{\^?\w+\}|\\P\{\w+\}|\\x\{[0-9a-fA-F]+\}|\\x[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}|\\.|\(\?[a-z-]*:|\(\?[=!]|\(\?<[=!]|\(\?|[()[\]]|[*+?}]\+|[^]/gu;

/** A hyphen at the start or end of a class means itself in Oniguruma, and nothing in JavaScript. */
const plainHyphens = /(?<=(?<!\\)\[\^?)-|(?<!\\)-(?=\])/g;

/** Letters that fold to one character together (Unicode, CaseFolding.txt, status F). */
const joinedInOne = /ss|st|f[fil]/i;

/** Walks through the expression once, with a stack that knows in which groups case does not count. */
function translate(source: string): string {
  const folding = [false];
  let depth = 0;
  let result = '';
  if (source.includes('(?i:') && joinedInOne.test(source)) throw new SyntaxError(source);
  for (const [token] of source.replace(plainHyphens, '\\-').matchAll(tokens)) {
    const folds = folding.at(-1) === true;
    if (token === '[') depth++;
    if (depth === 0) openGroup(token, folding);
    result += depth === 0 ? outside(token, folds) : inside(token, folds);
    if (token === ']') depth--;
  }
  return result;
}

function openGroup(token: string, folding: boolean[]): void {
  if (token === ')') folding.pop();
  else if (token.startsWith('(')) folding.push(token === '(?i:' || folding.at(-1) === true);
}

/** What stands for itself, or otherwise, outside a class. Ends of lines are `\n` alone. */
const outsideOnly: Readonly<Partial<Record<string, string>>> = {
  '(?i:': '(?:',
  '.': '[^\\n]',
  '^': '(?<=\\n|^)',
  $: '(?=\\n|$)',
  '\\b': `(?:(?<=${boundary})(?!${boundary})|(?<!${boundary})(?=${boundary}))`,
  '\\B': `(?:(?<=${boundary})(?=${boundary})|(?<!${boundary})(?!${boundary}))`,
};

function outside(token: string, folds: boolean): string {
  // Possessive quantifiers, and options that nobody translates here.
  if (/^[*+?}]\+$/.test(token) || token === '(?' || /^\(\?[a-hj-z-]+:$/.test(token)) {
    throw new SyntaxError(token);
  }
  if (token === '&&') return token;
  const known = outsideOnly[token];
  if (known !== undefined) return known;
  return folds && /^[a-z]$/i.test(token) ? `[${folded(token)}]` : escaped(token);
}

function inside(token: string, folds: boolean): string {
  // Classes by POSIX names, intersections and the sign for a backspace mean other things here.
  if (token === '[:' || token === '&&' || token === '\\b') throw new SyntaxError(token);
  if (/^[&(){}/|]$/.test(token)) return `\\${token}`;
  if (token.startsWith('(') || (folds && token === '-')) throw new SyntaxError(token);
  if (/^[*+?}]\+$/.test(token)) return token === '}+' ? '\\}+' : token;
  return folds && /^[a-z]$/i.test(token) ? folded(token) : escaped(token);
}

/** Upper case, lower case, and what folds to the same in Unicode's CaseFolding.txt. */
function folded(character: string): string {
  const small = character.toLowerCase();
  const more = small === 's' ? 'ſ' : small === 'k' ? '\u212a' : '';
  return small + small.toUpperCase() + more;
}

function escaped(token: string): string {
  if (token === '\\A' || token === '\\z' || token === '\\Z' || token === '\\G') {
    throw new SyntaxError(token);
  }
  const known = classOf(token);
  if (known !== undefined) return known;
  const point = /^\\x\{?([0-9a-fA-F]+)\}?$/.exec(token)?.[1];
  if (point !== undefined) return `\\u{${point}}`;
  // Escapes of characters that need none are errors in JavaScript.
  if (/^\\[^a-zA-Z0-9]$/u.test(token))
    return /[\\^$.*+?()[\]{}|/-]/.test(token.slice(1)) ? hyphen(token) : token.slice(1);
  return token;
}

/** An escaped hyphen is one only inside a class. */
function hyphen(token: string): string {
  return token === '\\-' ? '\\u002d' : token;
}
