/**
 * Surprisal by the tokens that are shown where these are another tokenizer's than the model's. The model has numbers for
 * its own tokens alone, and nothing says how one of them would be divided: a unit is the smallest stretch that both
 * tokenizers begin and end together, and has all of the bits of the model's tokens in it.
 */
import type { Region } from '../tokens/regionTokens';
import type { ScoredToken, Section } from './surprisalSections';
import { levelOf } from './surprisalUnits';
import type { SurprisalUnit } from './surprisalUnits';

/** `shown` are the tokens that are shown, in order; stretches that one of both does not hold whole are left out. */
export function shownTokenUnits(
  sections: readonly Section[],
  shown: readonly Region[],
): SurprisalUnit[] {
  const tokens = sections.flatMap((section) => section.tokens);
  const units: SurprisalUnit[] = [];
  let own = 0;
  let other = 0;
  while (own < tokens.length && other < shown.length) {
    const start = startOf(tokens[own]);
    if (start < startOf(shown[other])) own++;
    else if (startOf(shown[other]) < start) other++;
    else {
      const [first, firstShown] = [own, other];
      let [end, shownEnd] = [start, start];
      for (;;) {
        const reached = Math.max(end, shownEnd, start + 1);
        if (startOf(tokens[own]) < reached) end = Math.max(end, tokens[own++]?.end ?? 0);
        else if (startOf(shown[other]) < reached) {
          shownEnd = Math.max(shownEnd, shown[other++]?.end ?? 0);
        } else break;
      }
      // One of both is not known as far as that.
      if (end !== shownEnd) continue;
      units.push(unitOf({ start, end }, tokens.slice(first, own), other - firstShown));
    }
  }
  return units;
}

function startOf(region: Region | undefined): number {
  return region?.start ?? Infinity;
}

/** Where several tokens share a stretch, each is tinted by their mean. */
function unitOf(region: Region, tokens: readonly ScoredToken[], shown: number): SurprisalUnit {
  const bits = tokens.reduce((sum, token) => sum + token.bits, 0);
  const bytes = tokens.reduce((sum, token) => sum + token.bytes, 0);
  return { ...region, bits, bytes, tokens, shown, level: levelOf('token', bits / shown) };
}
