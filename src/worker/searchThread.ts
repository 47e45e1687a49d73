/**
 * Entry of a thread that looks for the entries of a vocabulary that a regular expression finds. The tries of some
 * expressions multiply with each character until they never end, and then nothing but ending the thread helps.
 */
import { parentPort, workerData } from 'node:worker_threads';
import { failureOf } from '../protocol/failures';
import { matcherOf } from '../protocol/tokenSearch';
import type { ExpressionAnswer, ExpressionSearch } from '../protocol/tokenSearch';

parentPort?.postMessage(answer(workerData as ExpressionSearch));

function answer({ typed, table }: ExpressionSearch): ExpressionAnswer {
  const { bytes, offsets } = table;
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const found: number[] = [];
  try {
    const matches = matcherOf({ kind: 'expression', typed });
    for (let id = 0; id < offsets.length - 1; id++) {
      const token = bytes.subarray(offsets[id], offsets[id + 1]);
      if (token.length === 0) continue;
      if (matches({ id, bytes: token, text: decoder.decode(token) })) found.push(id);
    }
    return { ok: true, value: Uint32Array.from(found) };
  } catch (thrown) {
    return { ok: false, failure: failureOf(thrown) };
  }
}
