/** Numbers that are made of others on the way to the screen, written out down to numbers of the run. */
import type { TemplateResult } from 'lit';
import type { Place } from '../../src/protocol/panelApi';
import type { NumberName } from '../numberPlace';
import type { Inspector } from '../view';
import { cosineAcross, vectorsApart } from './apart';
import { chance, surprisal } from './chance';
import { exponential } from './exponential';
import { generated } from './generated';
import { habit, rowEntropy } from './habit';
import { headMoved } from './headMoved';
import { lensMeasure } from './lensMeasures';
import { lensReading } from './lensReading';
import { mapPlace } from './mapPlace';
import { measuredMap } from './measuredMap';
import { logitShare } from './share';
import { vectorCosine, vectorNorm } from './vectorNumbers';

export interface Derivation {
  /** Undefined until what it takes is there. */
  readonly content: TemplateResult | undefined;
  readonly place?: Partial<Place> | undefined;
}

/** `parts` are what the groups of the form hold; a group without a match is an empty text. */
type Maker = (inspector: Inspector, parts: readonly string[]) => Derivation;

/** By how the name of the number is built; see `derivedNames.ts`. */
const makers: readonly (readonly [RegExp, Maker])[] = [
  [/^‖(.+)‖$/, vectorNorm],
  [/^‖B − A‖\((.+\]), (.+\])\)$/, vectorsApart],
  [/^cos\(A: (.+\]), B: (.+\])\)$/, cosineAcross],
  [/^cos\((.+\]), (.+\])\)$/, vectorCosine],
  [/^exp\((.+)\)$/, exponential],
  [/^(p|kept|sum|entropy|gap|mass)\[(\d+)(?:, (\d+))?; (.*)\]$/, chance],
  [/^surprisal\[(\d+)\]$/, surprisal],
  [/^generated\[(\d+)\]$/, generated],
  [/^share\((.+\]) → (\d+)\)$/, logitShare],
  [/^habit\.(\w+)\[(\d+), (\d+)\]$/, habit],
  [/^entropy\((blocks\.(\d+)\.attn\.pattern)\[(\d+), (\d+)\]\)$/, rowEntropy],
  [/^moved\[(\d+), (\d+)(?:, (\d+))?\]$/, headMoved],
  [/^pca\.([xy])\[(\d+)\]$/, mapPlace],
  [/^lens\.(entropy|divergence)\[(\d+), (\d+)\]$/, lensMeasure],
  [/^lens\[(\d+), (\d+), (\d+)\]$/, lensReading],
  [/^(?:blocks\.(\d+)\.)?attn\.(pattern|contribution)(\.mean|\.joint)?\[([\d, ]+)\]$/, measuredMap],
];

/** Undefined where the name is that of no such number. */
export function derivation(inspector: Inspector, number: NumberName): Derivation | undefined {
  for (const [form, make] of makers) {
    const parts = form.exec(number);
    if (parts)
      return make(
        inspector,
        // Groups that take no part are undefined, whatever the type says.
        Array.from(parts, (part: string | undefined) => part ?? '').slice(1),
      );
  }
  return undefined;
}
