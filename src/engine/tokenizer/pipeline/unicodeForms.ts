import type { Aligned } from './aligned';
import { replaceMatches } from './aligned';
import { unnormalised } from './olderUnicode';

export type UnicodeForm = 'NFC' | 'NFD' | 'NFKC' | 'NFKD';

/**
 * Unicode normalisation (UAX #15) of each character with what may combine with it: marks, and the vowels and final
 * consonants of Hangul. What came of such a group has the range of the whole group.
 */
export function normaliseForm(source: Aligned, form: UnicodeForm): Aligned {
  // Most text is normal already, and to see that costs little.
  if (source.text.normalize(form) === source.text) return source;
  return replaceMatches(source, groups, (group) => {
    const changed = group.normalize(form);
    return newer.test(changed) ? group : changed;
  });
}

const newer = new RegExp(unnormalised, 'v');
const follower = `[[\\p{M}\\u1160-\\u11ff]--${unnormalised}]`;
const groups = new RegExp(`[^${unnormalised}]${follower}*`, 'gv');
