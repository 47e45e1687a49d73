/**
 * A piece of generated text: one token, or as many as it takes for their bytes to be whole characters, so that a document
 * never holds a part of one.
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

/** How tokens are picked and when they end. */
export interface StepSettings {
  readonly sampling: SamplingSettings;
  readonly stop: StopSettings;
}

export interface PieceRequest extends StepSettings {
  readonly prompt: Int32Array;
  /** What was generated after the prompt and before the piece. */
  readonly before: readonly GeneratedToken[];
  /** The first token, when a person chose it. */
  readonly choice: number | undefined;
}

export interface PieceMaker {
  readonly engine: Pick<EngineClient, 'step'>;
  readonly vocabulary: Vocabulary;
}

/** UTF-8 has characters of four bytes at most, and a token holds at least one; more would be no character anyway. */
const mostTokensInPiece = 16;

export async function makePiece(
  { engine, vocabulary }: PieceMaker,
  request: PieceRequest,
  signal: AbortSignal,
): Promise<Piece> {
  const { prompt, before, sampling, stop, choice } = request;
  const made: GeneratedToken[] = [];
  for (;;) {
    const ids = Int32Array.of(...prompt, ...[...before, ...made].map(({ id }) => id));
    const chosen = made.length === 0 && choice !== undefined ? { choice } : {};
    const step = { ids, promptLength: prompt.length, sampling, stop, ...chosen };
    const token = await engine.step(step, { signal });
    made.push(token);
    const characters = decodeUtf8(bytesOf(made, vocabulary));
    const text = characters.map((character) => character.text).join('');
    const isWhole = text !== '' && characters.at(-1)?.unfinished !== true;
    if (isWhole || token.stopped !== undefined || made.length >= mostTokensInPiece) {
      return { tokens: made, text, stopped: token.stopped };
    }
  }
}

function bytesOf(tokens: readonly GeneratedToken[], vocabulary: Vocabulary): Uint8Array {
  return Uint8Array.from(tokens.flatMap(({ id }) => [...vocabulary.textBytes(id)]));
}
