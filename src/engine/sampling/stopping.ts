import type { StopReason, StopSettings } from '../../protocol/sampling';

/** What decides whether generation ends with its newest token. */
export interface StopQuestion {
  /** The generated ids, the newest last; at least one. */
  readonly generated: ArrayLike<number>;
  readonly stop: StopSettings;
  readonly endId: number | undefined;
  /** UTF-8 bytes of ids; needed only when there are stop strings. */
  readonly bytesOf: (ids: ArrayLike<number>) => Uint8Array;
}

/**
 * Why generation ends with the newest token, or undefined when it goes on. The end token comes first, then a stop
 * string, then the length.
 *
 * Stop strings are looked for in the bytes of what was generated, never in the prompt: UTF-8 is self-synchronising, so
 * a match of bytes is a match of characters, also where one character came in several tokens. Only a string completed
 * by the newest token counts; one that was passed before does not end every later step.
 */
export function stopReason(question: StopQuestion): StopReason | undefined {
  const { generated, stop, endId } = question;
  if (generated[generated.length - 1] === endId) return 'end';
  if (completesStopString(question)) return 'stop';
  return generated.length >= stop.maxTokens ? 'length' : undefined;
}

function completesStopString({ generated, stop, bytesOf }: StopQuestion): boolean {
  if (stop.stopStrings.length === 0) return false;
  const ids = Array.from(generated);
  const text = bytesOf(ids);
  const before = bytesOf(ids.slice(0, -1)).length;
  return stop.stopStrings.some((stopString) => {
    const wanted = new TextEncoder().encode(stopString);
    return endsBeyond(text, wanted, before);
  });
}

/** Whether `wanted` occurs in `text` at a place that ends after byte `before`. */
function endsBeyond(text: Uint8Array, wanted: Uint8Array, before: number): boolean {
  const first = Math.max(0, before + 1 - wanted.length);
  for (let start = first; start + wanted.length <= text.length; start++) {
    if (wanted.every((byte, offset) => text[start + offset] === byte)) return true;
  }
  return false;
}
