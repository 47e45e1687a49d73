import type { NumberBlock, TokenSurprisals } from '../../protocol/runs';
import { checkIds, checkWhole } from '../ids';
import type { Decoder } from '../model/decoder';
import type { Work } from '../work';
import { finalStateNames, sumOf } from './hiddenStates';
import { surprisals } from './surprisal';
import { VisitingRecorder } from './visitingRecorder';

/** Windows are no longer than this, for the cost of attention grows with their square. */
const longestWindow = 1024;

/**
 * Surprisal of the ids from `from` on, in a text of any length: windows of the context that advance by half of it, each
 * id scored in the first window in which it has half a context before it, or all there is. Windows are counted from the
 * first id given, so that the same ids always get the same numbers.
 *
 * Throws `text-empty`, `id-out-of-range`, `cancelled`, and `setting-invalid` for a `from` outside the ids.
 */
export async function textSurprisals(
  decoder: Decoder,
  request: { readonly ids: Int32Array; readonly from: number },
  work: Work,
): Promise<TokenSurprisals> {
  const { ids, from } = request;
  const { vocabulary } = decoder.config;
  checkIds(ids, vocabulary);
  checkWhole('from', from, [0, ids.length]);
  const answer = emptyAnswer(ids.length - from);
  for (const window of windowsOf(ids.length, Math.min(decoder.config.context, longestWindow))) {
    if (window.end <= from) continue;
    const first = Math.max(window.scored, from);
    const part = await scoreWindow(decoder, { ids, window, first }, work);
    for (let index = first; index < window.end; index++) {
      const at = index - window.start;
      answer.bits[index - from] = part.surprisalBits[at];
      answer.ranks[index - from] = part.ranks[at];
      answer.contexts[index - from] = at;
    }
    work.onProgress?.({ done: window.end - from, total: ids.length - from });
  }
  return answer;
}

interface Window {
  /** Ids [start, end) go through the model, and those from `scored` on are told of. */
  readonly start: number;
  readonly scored: number;
  readonly end: number;
}

function* windowsOf(length: number, context: number): Generator<Window> {
  const advance = Math.max(1, Math.floor(context / 2));
  for (let start = 0, scored = 0; scored < length; start += advance) {
    const end = Math.min(length, start + context);
    yield { start, scored, end };
    scored = end;
  }
}

async function scoreWindow(
  decoder: Decoder,
  on: { readonly ids: Int32Array; readonly window: Window; readonly first: number },
  { pace }: Work,
): ReturnType<typeof surprisals> {
  const { window, first } = on;
  const ids = on.ids.slice(window.start, window.end);
  const names = finalStateNames(decoder.config);
  const states: NumberBlock[] = [];
  await decoder.forward({
    ids,
    recorder: new VisitingRecorder(decoder.device, names, (_, block) => void states.push(block)),
    logits: 'none',
    breathe: pace.pause,
    signal: pace.signal,
  });
  return surprisals(decoder, { ids, hidden: sumOf(states), from: first - window.start }, pace);
}

function emptyAnswer(length: number): TokenSurprisals {
  return {
    bits: new Float32Array(length).fill(Number.NaN),
    ranks: new Int32Array(length),
    contexts: new Int32Array(length),
  };
}
