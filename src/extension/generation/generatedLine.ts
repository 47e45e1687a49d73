/**
 * A line of generated text that is stepped through in an editor: pieces made on demand and kept, so that going back and
 * forth shows the same ones. A piece is one token, or as many as it takes for their bytes to be whole characters.
 */
import type { EngineClient, GeneratedToken } from '../../protocol/engineApi';
import type { SamplingSettings, StopReason, StopSettings } from '../../protocol/sampling';
import { decodeUtf8 } from '../tokens/utf8';
import type { Vocabulary } from '../tokens/vocabulary';

export interface Piece {
  readonly tokens: readonly GeneratedToken[];
  /** Empty only when generation ended without a text, as with the end mark. */
  readonly text: string;
  /** Why generation ends with this piece, if it does. */
  readonly stopped: StopReason | undefined;
}

export interface LineOptions {
  readonly engine: Pick<EngineClient, 'step'>;
  readonly vocabulary: Vocabulary;
  readonly prompt: Int32Array;
  readonly sampling: SamplingSettings;
  readonly stop: StopSettings;
}

/** UTF-8 has characters of four bytes at most, and a token holds at least one; more would be no character anyway. */
const mostTokensInPiece = 16;

export class GeneratedLine {
  readonly #options: LineOptions;
  readonly #pieces: Piece[] = [];
  #accepted = 0;

  constructor(options: LineOptions) {
    this.#options = options;
  }

  /** How many pieces stand in the text. */
  get accepted(): number {
    return this.#accepted;
  }

  /** All tokens that were made, also those that do not stand in the text (yet, or any more). */
  get tokens(): readonly GeneratedToken[] {
    return this.#pieces.flatMap(({ tokens }) => tokens);
  }

  get acceptedTokens(): number {
    const accepted = this.#pieces.slice(0, this.#accepted);
    return accepted.reduce((sum, { tokens }) => sum + tokens.length, 0);
  }

  /** How the tokens are made, the same for all of a line. */
  get settings(): Pick<LineOptions, 'sampling' | 'stop'> {
    const { sampling, stop } = this.#options;
    return { sampling, stop };
  }

  /** The piece that comes after what is accepted; undefined after the last. */
  async next(signal: AbortSignal): Promise<Piece | undefined> {
    const known = this.#pieces[this.#accepted];
    if (known !== undefined) return known;
    if (this.#pieces.at(-1)?.stopped !== undefined) return undefined;
    const at = this.#accepted;
    const piece = await this.#make(signal);
    this.#pieces[at] ??= piece;
    return this.#pieces[at];
  }

  /**
   * Takes note of what stands in the document after the prompt: some of the pieces, from the first on. False when it is
   * none of these, as after an edit of another kind. `eol` is how the document writes a line end.
   */
  locate(textAfter: (length: number) => string | undefined, eol: string): boolean {
    let joined = '';
    for (let count = 0; ; count++) {
      if (textAfter(joined.length) === joined) {
        this.#accepted = count;
        return true;
      }
      const piece = this.#pieces[count];
      if (piece === undefined) return false;
      joined += inDocument(piece.text, eol);
    }
  }

  async #make(signal: AbortSignal): Promise<Piece> {
    const { engine, vocabulary, prompt, sampling, stop } = this.#options;
    const before = this.#pieces.slice(0, this.#accepted).flatMap(({ tokens }) => tokens);
    const made: GeneratedToken[] = [];
    for (;;) {
      const ids = Int32Array.of(...prompt, ...[...before, ...made].map(({ id }) => id));
      const request = { ids, promptLength: prompt.length, sampling, stop };
      const token = await engine.step(request, { signal });
      made.push(token);
      const characters = decodeUtf8(bytesOf(made, vocabulary));
      const text = characters.map((character) => character.text).join('');
      const isWhole = text !== '' && characters.at(-1)?.unfinished !== true;
      if (isWhole || token.stopped !== undefined || made.length >= mostTokensInPiece) {
        return { tokens: made, text, stopped: token.stopped };
      }
    }
  }
}

/** Text as a document holds it: every line end is written the document's way. */
function inDocument(text: string, eol: string): string {
  return text.replaceAll(/\r\n|\r|\n/g, eol);
}

function bytesOf(tokens: readonly GeneratedToken[], vocabulary: Vocabulary): Uint8Array {
  return Uint8Array.from(tokens.flatMap(({ id }) => [...vocabulary.textBytes(id)]));
}
