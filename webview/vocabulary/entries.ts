/** A vocabulary as columns: what is listed, searched and counted of each entry, read once. */
import { labelOfBytes } from '../../src/protocol/tokenLabel';
import { scriptOf, type TokenScript } from '../../src/protocol/tokenScript';
import type { SearchedToken } from '../../src/protocol/tokenSearch';
import type { VocabularyTable } from '../../src/protocol/tokens';

/** Entries read between two breaths: some milliseconds. */
const entriesPerBreath = 4000;

export class Entries {
  /** Undefined when `isWanted` said no before all was read. */
  static async read(table: VocabularyTable, isWanted: () => boolean): Promise<Entries | undefined> {
    const entries = new Entries(table);
    for (let id = 0; id < entries.size; id++) {
      if (id % entriesPerBreath === 0) await breath();
      if (!isWanted()) return undefined;
      entries.#read(id);
    }
    return entries;
  }

  readonly size: number;
  /** Code points; −1 for bytes that are no whole characters. */
  readonly characters: Int32Array;
  /** Index in `scripts`. */
  readonly script: Uint8Array;
  /** The scripts that there are, in the order they were met. */
  readonly scripts: TokenScript[] = [];
  readonly #table: VocabularyTable;
  readonly #special: ReadonlySet<number>;
  readonly #texts: string[] = [];
  readonly #loose = new TextDecoder('utf-8', { ignoreBOM: true });
  readonly #strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

  private constructor(table: VocabularyTable) {
    this.#table = table;
    this.#special = new Set(table.special);
    this.size = table.offsets.length - 1;
    this.characters = new Int32Array(this.size);
    this.script = new Uint8Array(this.size);
  }

  /** Ids without an entry are no tokens. */
  has(id: number): boolean {
    return this.byteLength(id) > 0;
  }

  get specialCount(): number {
    return this.#special.size;
  }

  isSpecial(id: number): boolean {
    return this.#special.has(id);
  }

  bytes(id: number): Uint8Array {
    const { bytes, offsets } = this.#table;
    return bytes.subarray(offsets[id] ?? 0, offsets[id + 1] ?? 0);
  }

  byteLength(id: number): number {
    const { offsets } = this.#table;
    return (offsets[id + 1] ?? 0) - (offsets[id] ?? 0);
  }

  /** What is copied; undefined for bytes that are no whole characters. */
  wholeText(id: number): string | undefined {
    return (this.characters[id] ?? -1) < 0 ? undefined : this.#texts[id];
  }

  label(id: number): string {
    return labelOfBytes(this.bytes(id));
  }

  scriptOf(id: number): TokenScript {
    return this.scripts[this.script[id] ?? 0] ?? 'other';
  }

  searched(id: number): SearchedToken {
    return { id, bytes: this.bytes(id), text: this.#texts[id] ?? '' };
  }

  /** The order of bytes, which is that of code points. */
  compareBytes(a: number, b: number): number {
    const [first, second] = [this.bytes(a), this.bytes(b)];
    const shorter = Math.min(first.length, second.length);
    for (let n = 0; n < shorter; n++) {
      const difference = (first[n] ?? 0) - (second[n] ?? 0);
      if (difference !== 0) return difference;
    }
    return first.length - second.length;
  }

  #read(id: number): void {
    const bytes = this.bytes(id);
    const text = this.#decode(bytes);
    this.#texts.push(text ?? this.#loose.decode(bytes));
    this.characters[id] = text === undefined ? -1 : Array.from(text).length;
    const script = scriptOf(text);
    const known = this.scripts.indexOf(script);
    this.script[id] = known < 0 ? this.scripts.push(script) - 1 : known;
  }

  #decode(bytes: Uint8Array): string | undefined {
    try {
      return this.#strict.decode(bytes);
    } catch {
      return undefined;
    }
  }
}

function breath(): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve);
  });
}
