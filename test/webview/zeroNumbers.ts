/** How numbers of the model of zeros may be written: what even weights and even probabilities come to, and zeros. */
import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';

/** Fourteen tokens of the built-in tokenizer; one is there twice, the second time at position 7. */
export const text = 'Once upon a time there was a little girl who lived in the';
export const tokens = 14;
export const vocabulary = 4096;
const repeatedAt = 7;
/** What the settings of the page keep, and the random number that their seed draws first. */
const kept = 40;
const drawn = 0.722;

/** A number on screen by the name of what it is, and as it is written. */
export type Written = readonly [name: string, text: string];

/** All numbers that lead to their operands, in the order in which they stand. */
export function numbers(page: Page): Promise<Written[]> {
  return page.$$eval('[data-number]', (all) =>
    all.map((each) => [each.getAttribute('data-number') ?? '', each.textContent.trim()] as const),
  );
}

export function assertZeros(written: readonly Written[]): void {
  const wrong = written.filter(([name, text]) => !expectedOf(name).includes(text));
  assert.deepEqual(wrong, []);
}

function expectedOf(name: string): readonly string[] {
  const indices = name.match(/\d+/g)?.map(Number) ?? [];
  if (name.includes('attn.pattern')) return decimals(1 / ((indices.at(-2) ?? NaN) + 1));
  if (name.startsWith('exp(')) return decimals(1);
  // A vector of zeros has no direction.
  if (name.startsWith('cos(')) return ['—'];
  const share = /^share\(blocks\.(\d+)\.(?:attn\.result\[\d+, (\d+)\])?/.exec(name);
  if (share !== null) {
    const [, block = '', head] = share;
    return [`block ${block}, ${head === undefined ? 'feed-forward' : `head ${head}`}: 0.0`];
  }
  return even[/^[a-z]+(\.[a-z]+)?/.exec(name)?.[0] ?? ''] ?? decimals(0);
}

/** Queries that see more than themselves. */
const queries = Array.from({ length: tokens - 1 }, (_, index) => index + 1);
const mean = (of: (query: number) => number): number =>
  queries.reduce((sum, query) => sum + of(query), 0) / queries.length;
const weightOfOne = decimals(mean((query) => 1 / (query + 1)));
const weightOfRepeated = decimals(1 / (repeatedAt + 1));
const entropy = Math.log2(vocabulary).toFixed(2);
const probability = `${(100 / kept).toFixed(2)} %`;
const held = kept / vocabulary;

/** By the beginning of the name, where it is not zero. */
const even: Readonly<Record<string, readonly string[]>> = {
  'habit.previous': weightOfOne,
  'habit.first': weightOfOne,
  'habit.itself': weightOfOne,
  'habit.same': weightOfRepeated,
  'habit.induction': weightOfRepeated,
  'habit.entropy': decimals(mean((query) => Math.log2(query + 1))),
  // Of the first token: its probability, the entropy, how far it is from the end, its rank.
  lens: [`${(100 / vocabulary).toFixed(4)} %`, entropy, '0.00', '1'],
  'lens.entropy': [entropy],
  entropy: [entropy],
  kept: [probability],
  // The logit by the temperature; what is cut has no probability.
  p: ['0.00', '—'],
  sum: [vocabulary.toFixed(3)],
  mass: [`${kept} of 4,096 kept, holding ${(100 * held).toFixed(2)} %`, held.toFixed(3)],
  // Its logit, its probability, as a share too, its rank, and the entropy.
  generated: [
    '0.000',
    probability,
    (1 / kept).toFixed(4),
    String(Math.floor(drawn * kept) + 1),
    entropy,
  ],
};

function decimals(value: number): string[] {
  return [1, 2, 3, 4].flatMap((digits) => [value.toFixed(digits), `‖${value.toFixed(digits)}‖`]);
}
