/** Numbers that are made of others on the way to the screen, written out down to numbers of the run. */
import type { TemplateResult } from 'lit';
import type { Place } from '../../src/protocol/panelApi';
import type { NumberName } from '../numberPlace';
import type { Inspector } from '../view';
import { exponential } from './exponential';
import { lensReading } from './lensReading';
import { measuredMap } from './measuredMap';
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
  [/^cos\((.+\]), (.+\])\)$/, vectorCosine],
  [/^exp\((.+)\)$/, exponential],
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
