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
  readonly engine: Pick<EngineClient, 'step'>;
  readonly vocabulary: Vocabulary;
}

/** UTF-8 has characters of four bytes at most, and a token holds at least one; more would be no character anyway. */
const mostTokensInPiece = 16;

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
    const { text, isWhole } = spelled(made, maker.vocabulary);
    if (isWhole || token.stopped !== undefined || made.length >= mostTokensInPiece) {
      return { tokens: made, text, stopped: token.stopped };
    }
  }
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

function spelled(
  tokens: readonly GeneratedToken[],
  vocabulary: Vocabulary,
): { readonly text: string; readonly isWhole: boolean } {
  const bytes = Uint8Array.from(tokens.flatMap(({ id }) => [...vocabulary.textBytes(id)]));
  const characters = decodeUtf8(bytes);
  const text = characters.map((character) => character.text).join('');
  return { text, isWhole: text !== '' && characters.at(-1)?.unfinished !== true };
}
