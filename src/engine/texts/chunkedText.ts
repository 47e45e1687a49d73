/** A text that is edited often: in chunks, so that an edit copies some kilobytes and not megabytes. */
export class ChunkedText {
  #chunks: string[] = [];
  #length = 0;

  /** UTF-16 units. */
  get length(): number {
    return this.#length;
  }

  append(part: string): void {
    for (let at = 0; at < part.length; at += chunkUnits) {
      this.#chunks.push(part.slice(at, at + chunkUnits));
    }
    this.#length += part.length;
  }

  /** Units [start, end), cut to the text. */
  slice(start: number, end: number): string {
    const parts: string[] = [];
    let at = 0;
    for (const chunk of this.#chunks) {
      if (at >= end) break;
      if (at + chunk.length > start) parts.push(chunk.slice(Math.max(0, start - at), end - at));
      at += chunk.length;
    }
    return parts.join('');
  }

  /** Puts `text` in the place of units [start, end). */
  replace(start: number, end: number, text: string): void {
    const [first, firstAt] = this.#chunkAt(start);
    const [last, lastAt] = this.#chunkAt(end);
    const before = (this.#chunks[first] ?? '').slice(0, start - firstAt);
    const after = (this.#chunks[last] ?? '').slice(end - lastAt);
    const joined = before + text + after;
    const pieces: string[] = [];
    for (let at = 0; at < joined.length; at += chunkUnits) {
      pieces.push(joined.slice(at, at + chunkUnits));
    }
    this.#chunks = [...this.#chunks.slice(0, first), ...pieces, ...this.#chunks.slice(last + 1)];
    this.#length += text.length - (end - start);
  }

  /** The chunk that holds a unit, or the last one, and where it starts. */
  #chunkAt(index: number): readonly [number, number] {
    let at = 0;
    for (const [n, chunk] of this.#chunks.entries()) {
      if (index < at + chunk.length || n === this.#chunks.length - 1) return [n, at];
      at += chunk.length;
    }
    return [0, 0];
  }
}

const chunkUnits = 1 << 15;
