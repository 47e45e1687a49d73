/**
 * A piece of generated text: one token, or as many as it takes for their bytes to be whole characters, so that a document
 * never holds a part of one.
 */
import type { EngineClient, GeneratedToken } from '../../protocol/engineApi';
import type { SamplingSettings, StopReason, StopSettings } from '../../protocol/sampling';
import { isReproduced } from '../../protocol/sessionRecord';
import type { RecordedPiece } from '../../protocol/sessionRecord';
import { decodeUtf8 } from '../../protocol/utf8';
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
  readonly engine: Pick<EngineClient, 'step' | 'steps'>;
  readonly vocabulary: Vocabulary;
}

/** UTF-8 has characters of four bytes at most, and a token holds at least one; more would be no character anyway. */
const mostTokensInPiece = 16;
const mostTokensAtOnce = 1000;

export async function makePiece(
  maker: PieceMaker,
  request: PieceRequest,
  signal: AbortSignal,
): Promise<Piece> {
  const made: GeneratedToken[] = [];
  for (;;) {
    const choice = made.length === 0 ? request.choice : undefined;
    const token = await tokenAfter(made, { maker, request, choice }, signal);
    made.push(token);
    const piece = ended(made, maker.vocabulary);
    if (piece !== undefined) return piece;
  }
}

/** How far the engine goes on by itself: pieces, and time after which it hands over what it has. */
export interface PiecesAtOnce {
  readonly pieces: number;
  readonly ms: number;
}

/** Several pieces as the settings make them, at least one; tokens of a character that is not whole yet are left out. */
export async function makePieces(
  maker: PieceMaker,
  request: Omit<PieceRequest, 'choice'> & { readonly atOnce: PiecesAtOnce },
  signal: AbortSignal,
): Promise<readonly Piece[]> {
  const { prompt, before, sampling, stop, atOnce } = request;
  const pieces: Piece[] = [];
  let made: GeneratedToken[] = [];
  do {
    const ids = idsAfter(prompt, [...before, ...made]);
    const wanted = { most: Math.min(atOnce.pieces, mostTokensAtOnce), ms: atOnce.ms };
    const step = { ids, promptLength: prompt.length, sampling, stop, ...wanted };
    for (const token of await maker.engine.steps(step, { signal })) {
      made.push(token);
      const piece = ended(made, maker.vocabulary);
      if (piece === undefined) continue;
      pieces.push(piece);
      made = [];
    }
  } while (pieces.length === 0);
  return pieces;
}

/**
 * Makes every token of a recorded piece again. Where the settings pick another one here, as on another device, the
 * recorded one is put in its place, with what the model says of it now.
 */
export async function remakePiece(
  maker: PieceMaker,
  request: Omit<PieceRequest, 'choice'> & { readonly recorded: RecordedPiece },
  signal: AbortSignal,
): Promise<{ readonly piece: Piece; readonly isSame: boolean }> {
  const made: GeneratedToken[] = [];
  let isSame = true;
  for (const recorded of request.recorded.tokens) {
    const choice = recorded.chosen === true ? recorded.id : undefined;
    const token = await tokenAfter(made, { maker, request, choice }, signal);
    isSame &&= isReproduced(recorded, token);
    if (token.id === recorded.id) made.push(token);
    else {
      const inPlace = await tokenAfter(made, { maker, request, choice: recorded.id }, signal);
      made.push({ ...inPlace, draw: recorded.draw ?? undefined });
    }
  }
  const { text } = spelled(made, maker.vocabulary);
  return { piece: { tokens: made, text, stopped: made.at(-1)?.stopped }, isSame };
}

/** The ids of a prompt and of what was generated after it. */
export function idsAfter(prompt: Int32Array, generated: readonly GeneratedToken[]): Int32Array {
  const ids = new Int32Array(prompt.length + generated.length);
  ids.set(prompt);
  generated.forEach(({ id }, index) => {
    ids[prompt.length + index] = id;
  });
  return ids;
}

function tokenAfter(
  made: readonly GeneratedToken[],
  {
    maker,
    request,
    choice,
  }: {
    readonly maker: PieceMaker;
    readonly request: Omit<PieceRequest, 'choice'>;
    readonly choice: number | undefined;
  },
  signal: AbortSignal,
): Promise<GeneratedToken> {
  const { prompt, before, sampling, stop } = request;
  const ids = idsAfter(prompt, [...before, ...made]);
  const chosen = choice === undefined ? {} : { choice };
  const step = { ids, promptLength: prompt.length, sampling, stop, ...chosen };
  return maker.engine.step(step, { signal });
}

/** The piece that tokens make; undefined while they are not whole characters and generation goes on. */
function ended(made: readonly GeneratedToken[], vocabulary: Vocabulary): Piece | undefined {
  const stopped = made.at(-1)?.stopped;
  const { text, isWhole } = spelled(made, vocabulary);
  const isEnded = isWhole || stopped !== undefined || made.length >= mostTokensInPiece;
  return isEnded ? { tokens: made, text, stopped } : undefined;
}

function spelled(
  tokens: readonly GeneratedToken[],
  vocabulary: Vocabulary,
): { readonly text: string; readonly isWhole: boolean } {
  const bytes = Uint8Array.from(tokens.flatMap(({ id }) => [...vocabulary.textBytes(id)]));
  const characters = decodeUtf8(bytes);
  const text = characters.map((character) => character.text).join('');
  return { text, isWhole: text !== '' && characters.at(-1)?.unfinished !== true };
}
