import { fail } from '../../protocol/failures';
import type { SamplingSettings, StopSettings } from '../../protocol/sampling';

/** Throws `setting-invalid` for the first setting that is out of its range. */
export function checkSampling(sampling: SamplingSettings): void {
  const { temperature, topK, topP, minP = 0, repetitionPenalty = 1, seed } = sampling;
  demand(
    temperature >= 0 && temperature <= 10,
    { name: 'temperature', value: temperature },
    '0 – 10',
  );
  demand(isWhole(topK), { name: 'topK', value: topK }, '0, 1, 2, …');
  demand(topP > 0 && topP <= 1, { name: 'topP', value: topP }, '0 < p ≤ 1');
  demand(minP >= 0 && minP <= 1, { name: 'minP', value: minP }, '0 – 1');
  demand(
    repetitionPenalty >= 0.1 && repetitionPenalty <= 10,
    { name: 'repetitionPenalty', value: repetitionPenalty },
    '0.1 – 10',
  );
  demand(isWhole(seed), { name: 'seed', value: seed }, '0, 1, 2, … 2⁵³ − 1');
}

/** Throws `setting-invalid` for a length that is no whole number of tokens and for an empty stop string. */
export function checkStop(stop: StopSettings): void {
  const { maxTokens, stopStrings } = stop;
  demand(
    isWhole(maxTokens) && maxTokens > 0,
    { name: 'maxTokens', value: maxTokens },
    '1, 2, 3, …',
  );
  demand(!stopStrings.includes(''), { name: 'stopStrings', value: '""' }, '"…"');
}

function isWhole(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

function demand(
  holds: boolean,
  setting: { readonly name: string; readonly value: number | string },
  allowed: string,
): void {
  if (holds) return;
  throw fail('setting-invalid', { name: setting.name, value: String(setting.value), allowed });
}
