import type { TextCount, TextPart } from '../../protocol/tokens';
import { fail } from '../../protocol/failures';
import type { Tokenizer } from '../tokenizer/tokenizer';
import type { Work } from '../work';
import { ChunkedText } from './chunkedText';
import { SegmentedText, type TextChange } from './segmentedText';

/** A text as of one version. */
export interface TextVersion {
  readonly name: string;
  readonly version: number;
}

/** Texts of others that the engine keeps, so that an edit crosses the wire alone. */
export class Texts {
  readonly #texts = new Map<string, KeptText>();

  /** Takes a text part by part; the first part replaces what has the same name. */
  put({ name, version }: TextVersion, part: string, place: 'first' | 'more'): void {
    const known = this.#texts.get(name);
    const kept = place === 'more' && known?.version === version ? known : new KeptText(version);
    if (place === 'more' && kept !== known) throw unknown(name);
    kept.text.append(part);
    this.#texts.set(name, kept);
  }

  /** Makes edits one after another. Throws `text-unknown` when the text is not what it should be, and forgets it. */
  edit(
    { name, version }: TextVersion,
    to: {
      readonly version: number;
      readonly changes: readonly TextChange[];
      readonly length: number;
    },
  ): void {
    const kept = this.#get({ name, version });
    kept.version = to.version;
    for (const change of to.changes) kept.edit(change);
    if (kept.text.length === to.length) return;
    this.#texts.delete(name);
    throw unknown(name);
  }

  drop(name: string): void {
    this.#texts.delete(name);
  }

  /** Throws `text-unknown` for another version than the one that is kept. */
  async tokens(
    version: TextVersion,
    wanted: { readonly tokenizer: Tokenizer; readonly start: number; readonly end: number },
    work: Work,
  ): Promise<TextPart> {
    const kept = this.#get(version);
    const segmented = await kept.segmented(wanted.tokenizer, work);
    return segmented.tokens(wanted, work);
  }

  /** Throws `text-unknown` also when the text is edited meanwhile. */
  async count(version: TextVersion, tokenizer: Tokenizer, work: Work): Promise<TextCount> {
    const kept = this.#get(version);
    const segmented = await kept.segmented(tokenizer, work);
    const count = await segmented.count(work);
    if (count === undefined) throw unknown(version.name);
    return count;
  }

  #get({ name, version }: TextVersion): KeptText {
    const kept = this.#texts.get(name);
    if (kept?.version !== version) throw unknown(name);
    return kept;
  }
}

/** Tokenizers by which one text is kept in segments: the one in use, and the one it is compared with. */
const keptCuts = 2;

class KeptText {
  version: number;
  readonly text = new ChunkedText();
  readonly #cuts = new Map<Tokenizer, SegmentedText>();
  #edits = 0;

  constructor(version: number) {
    this.version = version;
  }

  edit(change: TextChange): void {
    const { start, end } = change;
    if (start < 0 || start > end || end > this.text.length) throw unknown('');
    this.#edits++;
    this.text.replace(start, end, change.text);
    for (const segmented of this.#cuts.values()) segmented.edited(change);
  }

  async segmented(tokenizer: Tokenizer, work: Work): Promise<SegmentedText> {
    const known = this.#cuts.get(tokenizer);
    if (known !== undefined) return known;
    const edits = this.#edits;
    const segmented = await SegmentedText.cut(tokenizer, this.text, { work });
    // What was cut while the text changed is of neither version.
    if (edits !== this.#edits) throw unknown('');
    this.#cuts.set(tokenizer, segmented);
    for (const oldest of [...this.#cuts.keys()].slice(0, -keptCuts)) this.#cuts.delete(oldest);
    return segmented;
  }
}

function unknown(name: string): Error {
  return fail('text-unknown', { name });
}
