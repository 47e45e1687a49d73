/** Looks kinds of characters up, asking Unicode's tables once for each character of the basic plane. */
export class KindTable<Kind extends string> {
  readonly #kinds: readonly Kind[];
  readonly #classify: (character: string) => Kind;
  /** Index in `kinds` by code unit; 0 where nobody asked yet. */
  readonly #seen = new Uint8Array(0x10000);

  /** The first of the kinds is that of half a surrogate pair alone, and of what lies beyond the text. */
  constructor(kinds: readonly [Kind, ...Kind[]], classify: (character: string) => Kind) {
    this.#kinds = kinds;
    this.#classify = classify;
  }

  /** Kind of the character that starts at `index`. */
  at(text: string, index: number): Kind {
    const unit = text.charCodeAt(index);
    const seen = this.#seen[unit];
    if (seen > 0) return this.#kinds[seen];
    const point = text.codePointAt(index);
    if (point === undefined || (point >= 0xd800 && point < 0xe000)) return this.#kinds[0];
    const character = String.fromCodePoint(point);
    const kind = this.#classify(character);
    if (character.length === 1) this.#seen[unit] = this.#kinds.indexOf(kind);
    return kind;
  }
}
