/** What the page calls things, in the person's language. */
import * as l10n from '@vscode/l10n';
import type bundle from '../../media/l10n/vocabulary.en.json';
import { describeFailure } from '../../src/protocol/describeFailure';
import type { Failure } from '../../src/protocol/failures';
import { reaches, type Reach } from '../../src/protocol/tokenOrigins';
import { otherKinds, type TokenScript } from '../../src/protocol/tokenScript';
import { grouped } from '../picture/numbers';
import { lengthStarts, noCharacters, type Bin, type FacetName } from './facets';

type Key = keyof typeof bundle;

export function t(key: Key, values: Readonly<Record<string, string | number>> = {}): string {
  return l10n.t(key, values);
}

export function failureText(failure: Failure): string {
  return describeFailure(failure, (key, values) => l10n.t(key, values));
}

/** A script by the name that the language has for it, or what else the token is made of. */
export function scriptName(script: TokenScript): string {
  const kind = otherKinds.find((other) => other === script);
  if (kind !== undefined) return t(`browse.script.${kind}`);
  const names = new Intl.DisplayNames(document.documentElement.lang, { type: 'script' });
  return names.of(script) ?? script;
}

export function reachName(reach: Reach): string {
  return t(`browse.reach.${reach}`);
}

export function binName(facet: FacetName, bin: Bin): string {
  if (facet === 'script') return scriptName(bin as TokenScript);
  if (facet === 'reach') return reachName(reaches.find((reach) => reach === bin) ?? 'unknown');
  return bin === noCharacters ? t('browse.noCharacters') : lengthRange(Number(bin));
}

/** `3`, `12–15`, `64+` */
function lengthRange(start: number): string {
  const next = lengthStarts[lengthStarts.findIndex((known) => known === start) + 1];
  if (next === undefined) return `${grouped(start)}+`;
  return next === start + 1 ? grouped(start) : `${grouped(start)}–${grouped(next - 1)}`;
}
