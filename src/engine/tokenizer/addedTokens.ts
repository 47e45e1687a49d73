import { wordCharacter } from './pipeline/olderUnicode';

/** A token that is found in the text before anything else is done, such as `<|endoftext|>`. */
export interface AddedToken {
  readonly id: number;
  readonly content: string;
  /** Stands for a control mark, not for text. */
  readonly special: boolean;
  /** Is not recognised inside a word. */
  readonly singleWord: boolean;
  /** Takes the white space before it, or after it, with it. */
  readonly stripLeft: boolean;
  readonly stripRight: boolean;
  /** Looked for in what the tokens without this flag have left. */
  readonly normalized: boolean;
}

/** A part of the text: an added token, or what lies between two. Offsets are UTF-16. */
export interface Section {
  readonly start: number;
  readonly end: number;
  readonly token: AddedToken | undefined;
}

/**
 * Finds added tokens as the Rust package does (huggingface/tokenizers, src/tokenizer/added_vocabulary.rs): leftmost
 * first, of those the longest; the ones that are matched in the text as it is before the others.
 */
export class AddedTokens {
  readonly #tokens: readonly AddedToken[];
  readonly #rounds: readonly Round[];
  readonly #contents: readonly string[];
  readonly #ids: ReadonlySet<number>;
  /** Whether what a token takes of the text depends on what stands around it. */
  readonly #looksAround: boolean;

  constructor(tokens: readonly AddedToken[]) {
    this.#tokens = tokens;
    this.#ids = new Set(tokens.map(({ id }) => id));
    const used = tokens.filter((token) => token.content !== '');
    this.#rounds = [false, true]
      .map((normalized) => used.filter((token) => token.normalized === normalized))
      .filter((round) => round.length > 0)
      .map(makeRound);
    this.#contents = used.map((token) => token.content);
    this.#looksAround = used.some((t) => t.singleWord || t.stripLeft || t.stripRight);
  }

  /** Finds the same tokens but for those that stand for control marks. */
  withoutSpecial(): AddedTokens {
    return new AddedTokens(this.#tokens.filter((token) => !token.special));
  }

  /** Whether it looks for this token. */
  has(id: number): boolean {
    return this.#ids.has(id);
  }

  /** Sections that cover the text, in order; none is empty. */
  sections(text: string): readonly Section[] {
    let sections: readonly Section[] = text === '' ? [] : [whole(text)];
    for (const round of this.#rounds) {
      sections = sections.flatMap((section) =>
        section.token === undefined ? splitSection(text, section, round) : [section],
      );
    }
    return sections;
  }

  /** Whether an added token may reach across `index`, in this text or in one it is a part of. */
  mayCross(text: string, index: number): boolean {
    return this.#looksAround || this.#contents.some((content) => fitsAcross(text, index, content));
  }
}

interface Round {
  readonly pattern: RegExp;
  readonly tokens: ReadonlyMap<string, AddedToken>;
}

function makeRound(tokens: readonly AddedToken[]): Round {
  // Of alternatives a regular expression takes the first that matches: the longest must come first.
  const contents = tokens.map((token) => token.content).sort((a, b) => b.length - a.length);
  const alternatives = contents.map((content) => content.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  return {
    pattern: new RegExp(alternatives.join('|'), 'gu'),
    tokens: new Map(tokens.map((token) => [token.content, token])),
  };
}

function splitSection(text: string, section: Section, round: Round): Section[] {
  const part = text.slice(section.start, section.end);
  const sections: Section[] = [];
  let from = 0;
  const add = (start: number, end: number, token: AddedToken | undefined): void => {
    if (start === end) return;
    sections.push({ start: section.start + start, end: section.start + end, token });
  };
  for (const match of part.matchAll(round.pattern)) {
    const token = round.tokens.get(match[0]);
    const taken = token && taking(part, match, token);
    if (taken === undefined) continue;
    const start = Math.max(taken.start, from);
    add(from, start, undefined);
    add(start, taken.end, token);
    from = taken.end;
  }
  add(from, part.length, undefined);
  return sections;
}

/** What a match takes of the text, or undefined when the token does not want to stand there. */
function taking(
  text: string,
  match: RegExpExecArray,
  token: AddedToken,
): { readonly start: number; readonly end: number } | undefined {
  const before = text.slice(0, match.index);
  const after = text.slice(match.index + match[0].length);
  if (token.singleWord && (endsInWord.test(before) || startsInWord.test(after))) return undefined;
  const left = token.stripLeft ? (spaceAtEnd.exec(before)?.[0].length ?? 0) : 0;
  const right = token.stripRight ? (spaceAtStart.exec(after)?.[0].length ?? 0) : 0;
  return { start: match.index - left, end: match.index + match[0].length + right };
}

const endsInWord = new RegExp(`${wordCharacter}$`, 'v');
const startsInWord = new RegExp(`^${wordCharacter}`, 'v');
const spaceAtEnd = /\p{White_Space}*$/u;
const spaceAtStart = /^\p{White_Space}*/u;

function whole(text: string): Section {
  return { start: 0, end: text.length, token: undefined };
}

/** Whether `content` could lie so that `index` is inside it, as far as the text around is known. */
function fitsAcross(text: string, index: number, content: string): boolean {
  for (let inside = 1; inside < content.length; inside++) {
    const start = index - inside;
    const known = text.slice(Math.max(0, start), start + content.length);
    if (content.startsWith(known, Math.max(0, -start))) return true;
  }
  return false;
}
