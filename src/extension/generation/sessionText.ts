/**
 * Where a session is in its document, without knowing documents: where the context starts, where the next piece goes, and
 * which of the texts that it knows stands between. What a person writes in between becomes a new context; undoing it
 * finds the old one again.
 */
import type { TokenTree } from './tokenTree';

/** One edit: offsets are those before the change that it is part of. */
export interface Edit {
  readonly offset: number;
  readonly length: number;
  readonly inserted: number;
}

/** A context and what was generated after it. */
export interface Segment {
  readonly context: string;
  /** Undefined until the context was tokenized. */
  tree: TokenTree | undefined;
}

/** What an edit meant: nothing for the session, another place of a text it knows, or a new context. */
export type Meaning = 'elsewhere' | 'known' | 'rewritten';

export interface EditedDocument {
  /** Undo and redo; they also bring text back that stands behind the session. */
  readonly isReplayed: boolean;
  read(start: number, end: number): string;
}

/** Older contexts that undo can come back to. */
const keptSegments = 200;

export class SessionText {
  readonly #segments: Segment[] = [];
  #current: Segment;
  #start: number;
  #head: number;
  /** Where what somebody is writing at the head began. */
  #typedFrom: number | undefined;

  constructor(start: number, context: string) {
    this.#current = { context, tree: undefined };
    this.#segments.push(this.#current);
    this.#start = start;
    this.#head = start + context.length;
  }

  get segment(): Segment {
    return this.#current;
  }

  get segments(): readonly Segment[] {
    return this.#segments;
  }

  /** UTF-16 offset in the document at which the context starts. */
  get start(): number {
    return this.#start;
  }

  /** Where the context ends and what was generated begins. */
  get anchor(): number {
    return this.#start + this.#current.context.length;
  }

  /** Where the next piece goes. */
  get head(): number {
    return this.#head;
  }

  edited(edits: readonly Edit[], document: EditedDocument): Meaning {
    const before = { start: this.#start, head: this.#head };
    const touched = edits.some((edit) => touches(edit, before));
    const { start, head, atHead } = shifted(edits, before);
    this.#start = start;
    this.#head = head + atHead;
    this.#typedFrom = typedFrom(edits, { ...before, typedFrom: this.#typedFrom }, atHead);
    if (!touched) return 'elsewhere';
    if (this.#locate(document)) return 'known';
    if (atHead > 0 && document.isReplayed) {
      this.#head = head;
      if (this.#locate(document)) return 'elsewhere';
      this.#head = head + atHead;
    }
    this.#current = { context: document.read(this.#start, this.#head), tree: undefined };
    this.#keep(this.#current);
    return 'rewritten';
  }

  /**
   * Takes the caret's place for the head, where it stands in what was just written: behind it are brackets and the like,
   * which the editor has closed by itself. False where it stands elsewhere.
   */
  followCaret(caret: number, read: EditedDocument['read']): boolean {
    const from = this.#typedFrom;
    this.#typedFrom = undefined;
    if (from === undefined || caret < from || caret >= this.#head) return false;
    this.#head = caret;
    this.#current = { context: read(this.#start, caret), tree: undefined };
    this.#keep(this.#current);
    return true;
  }

  #locate(document: EditedDocument): boolean {
    const text = document.read(this.#start, this.#head);
    const others = this.#segments.filter((segment) => segment !== this.#current).reverse();
    const found = [this.#current, ...others].find((segment) => reads(segment, text));
    if (found === undefined) return false;
    this.#current = found;
    return true;
  }

  /** Of contexts that were only passed through while somebody typed, the last is enough. */
  #keep(segment: Segment): void {
    this.#segments.push(segment);
    if (this.#segments.length > keptSegments) this.#segments.shift();
  }
}

function reads({ context, tree }: Segment, text: string): boolean {
  if (!text.startsWith(context)) return false;
  const generated = text.slice(context.length);
  return tree === undefined ? generated === '' : tree.locate(generated);
}

interface Marks {
  readonly start: number;
  readonly head: number;
}

/** An edit touches the session's text when it changes it, or adds to either end. */
function touches({ offset, length }: Edit, { start, head }: Marks): boolean {
  return length === 0
    ? offset >= start && offset <= head
    : offset < head && offset + length > start;
}

/** Where what is being written at the head begins after the edits; edits inside of it go on with it. */
function typedFrom(
  edits: readonly Edit[],
  before: Marks & { readonly typedFrom: number | undefined },
  atHead: number,
): number | undefined {
  const from = before.typedFrom ?? (atHead > 0 ? before.head : undefined);
  if (from === undefined) return undefined;
  const isOnlyThere = edits.every(({ offset, length }) => {
    return offset >= from && offset + length <= before.head;
  });
  return isOnlyThere ? from : undefined;
}

/** The marks after the edits; `atHead` is how much was inserted exactly at the head. */
function shifted(edits: readonly Edit[], marks: Marks): Marks & { readonly atHead: number } {
  let { start, head } = marks;
  let atHead = 0;
  let shift = 0;
  for (const { offset, length, inserted } of [...edits].sort((a, b) => a.offset - b.offset)) {
    const end = offset + length;
    if (offset < marks.start && end <= marks.start) start += inserted - length;
    else if (offset < marks.start) start = offset + shift;
    if (length === 0 && offset === marks.head) atHead += inserted;
    else if (end <= marks.head && offset < marks.head) head += inserted - length;
    else if (offset < marks.head) head = offset + shift + inserted;
    shift += inserted - length;
  }
  return { start, head: Math.max(start, head), atHead };
}
