import * as v from 'valibot';
import { bytesOfBase64 } from './base64';
import { CharsMap } from './charsMap';

/**
 * Whether the steps of a tokenizer.json make of `A B` what they make of `A` followed by what they make of ` B`, where `A`
 * ends with an ASCII letter or digit and `B` begins with a space. Then a text may be cut there.
 *
 * Of normalizers that holds for those that change each character, with the marks that follow it, by itself: neither a
 * space nor what stands before it is a mark. Of pre-tokenizers it holds for those that split at white space, or before
 * the sign that stands for it, and look at nothing else; a sign or space that is put before a text is put before none
 * that begins with one. What follows such a step sees each piece alone. All else is not proven.
 */
export function cutsAtSpaces(normalizer: unknown, preTokenizer: unknown): boolean {
  return stepsOf(normalizer, 'normalizers').every(isLocal) && splits(preTokenizer);
}

const localNormalizers = ['NFC', 'NFD', 'NFKC', 'NFKD', 'Lowercase', 'StripAccents'];
const localSteps = ['BertNormalizer', ...localNormalizers];
const spaceSplitters = ['BertPreTokenizer', 'Whitespace', 'WhitespaceSplit'];

const typed = v.looseObject({ type: v.string() });
type Step = v.InferOutput<typeof typed>;

function isLocal(step: Step): boolean {
  if (step.type === 'Precompiled') return keepsSpaces(step['precompiled_charsmap']);
  return localSteps.includes(step.type);
}

/** The table is asked about each character by itself, with the marks that follow it. */
function keepsSpaces(table: unknown): boolean {
  return typeof table === 'string' && CharsMap.read(bytesOfBase64(table))?.keepsSpaces === true;
}

/** A step that splits at spaces comes first, or after others that split each character by its kind alone. */
function splits(preTokenizer: unknown): boolean {
  for (const step of stepsOf(preTokenizer, 'pretokenizers')) {
    if (spaceSplitters.includes(step.type)) return true;
    if (step.type === 'Metaspace') return step['split'] !== false;
    const isolates = step.type === 'Punctuation' && (step['behavior'] ?? 'Isolated') === 'Isolated';
    if (!isolates && step.type !== 'Digits') return false;
  }
  return false;
}

/** The steps of a sequence, or the one that stands alone; one of unknown form makes none of it proven. */
function stepsOf(description: unknown, inner: string): readonly Step[] {
  if (description === null || description === undefined) return [];
  const parsed = v.safeParse(typed, description);
  if (!parsed.success) return [{ type: '' }];
  if (parsed.output.type !== 'Sequence') return [parsed.output];
  const steps = parsed.output[inner];
  return Array.isArray(steps) ? steps.flatMap((step) => stepsOf(step, inner)) : [{ type: '' }];
}
