import type { GeneratedToken } from '../../protocol/engineApi';
import { greedySampling } from '../../protocol/sampling';
import { checkWhole } from '../ids';
import type { Pace } from '../work';
import type { Stepper } from './stepper';

export interface ContinuationRequest {
  readonly ids: Int32Array;
  /** The ids to begin with, one line each. */
  readonly firsts: readonly number[];
  /** How many tokens to take after the first, fewer where the line ends by itself. */
  readonly tokens: number;
}

/**
 * Where each first token would have led, taking the likeliest token from there on: one list of ids each, the first
 * included. Throws as `step` does.
 */
export async function continuations(
  stepper: Stepper,
  { ids, firsts, tokens }: ContinuationRequest,
  pace: Pace,
): Promise<Int32Array[]> {
  checkWhole('tokens', tokens, [0, 256]);
  checkWhole('firsts', firsts.length, [0, 16]);
  const lines: Int32Array[] = [];
  for (const first of firsts) {
    const line = [first];
    for (let made = 0; made < tokens; made++) {
      const text = Int32Array.of(...ids, ...line);
      const next: GeneratedToken = await stepper.step(
        {
          ids: text,
          promptLength: ids.length,
          sampling: greedySampling,
          stop: { maxTokens: tokens + 1, stopStrings: [] },
        },
        pace,
      );
      line.push(next.id);
      if (next.stopped === 'end') break;
    }
    lines.push(Int32Array.from(line));
  }
  return lines;
}
