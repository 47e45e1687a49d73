/** Counted nouns; English has a form for one. */
import { grouped } from './picture/numbers';
import type { Inspector } from './view';

export function tokenCount({ t, language }: Pick<Inspector, 't' | 'language'>, n: number): string {
  const key = n === 1 ? 'inspector.tokenOne' : 'inspector.tokens';
  return t(key, { n: grouped(n, language) });
}
