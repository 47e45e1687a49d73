/** The norm of a vector and the cosine of two, down to their elements. */
import { html } from 'lit';
import { cosineName, normName } from '../derivedNames';
import { elementName, numberAt, numberName, placeOf, type NumberName } from '../numberPlace';
import { cosine, norm } from '../picture/at';
import { ledger, topProducts, type LedgerLine } from '../picture/ledger';
import type { Inspector } from '../view';
import { weightName } from '../weightName';
import type { Derivation } from './derivation';

const digits = 4;

export function vectorNorm(inspector: Inspector, [vector = '']: readonly string[]): Derivation {
  const values = vectorOf(inspector, vector);
  const place = placeOfVector(inspector, vector);
  if (!values) return { content: undefined, place };
  const length = norm(values);
  const lines = productLines(inspector, [vector, values], [vector, values]);
  const result = { label: '√∑', value: length, result: true } as const;
  return {
    content: html`${ledger(lines, [{ label: '∑', value: length ** 2 }, result], { digits })}`,
    place,
  };
}

export function vectorCosine(
  inspector: Inspector,
  [a = '', b = '']: readonly string[],
): Derivation {
  const [left, right] = [vectorOf(inspector, a), vectorOf(inspector, b)];
  const place = placeOfVector(inspector, a);
  if (!left || !right) return { content: undefined, place };
  const lines = productLines(inspector, [a, left], [b, right]);
  const { total } = topProducts(left, right);
  return {
    content: html`${ledger(
      lines,
      [
        { label: '∑', value: total },
        { label: `÷ ‖${a}‖`, value: norm(left), link: normName(a) },
        { label: `÷ ‖${b}‖`, value: norm(right), link: normName(b) },
        { label: cosineName('a', 'b'), value: cosine(left, right), result: true },
      ],
      { digits },
    )}`,
    place,
  };
}

type Named = readonly [name: NumberName, values: Float32Array];

function productLines(inspector: Inspector, [a, left]: Named, [b, right]: Named): LedgerLine[] {
  const { t } = inspector;
  const { top, others } = topProducts(left, right);
  const lines: LedgerLine[] = top.map(({ index, left, right, value }) => ({
    label: `${t('inspector.dimension')} ${String(index)}`,
    left,
    right,
    value,
    links: { left: elementName(a, index), right: elementName(b, index) },
  }));
  if (others.count > 0)
    lines.push({ label: t('inspector.others', { n: others.count }), value: others.sum });
  return lines;
}

/** A vector of the run or a row of a weight; undefined until it is there. */
export function vectorOf(
  { numbers, subject }: Inspector,
  vector: NumberName,
): Float32Array | undefined {
  const at = numberAt(vector);
  if (at) return numbers.activation(at.name, at.index)?.values;
  const [, wanted = '', row = ''] = /^(.+)\[(\d+)\]$/.exec(vector) ?? [];
  const name = weightName(subject.value.model, wanted);
  return name === undefined ? undefined : numbers.weight(name, [Number(row)])?.values;
}

/** The row that a token's logit is read with. */
export function unembeddingRow(inspector: Inspector, id: number): Float32Array | undefined {
  const { tied } = inspector.subject.value.model.config;
  return vectorOf(inspector, numberName(tied ? 'wte.weight' : 'lm_head.weight', [id]));
}

function placeOfVector({ subject, place }: Inspector, vector: NumberName): Derivation['place'] {
  const at = numberAt(vector);
  if (!at) return undefined;
  // The channel that is marked stays: the whole vector is meant.
  const index = [...at.index, place.value.channel];
  return placeOf({ name: at.name, index }, subject.value.run.dropped);
}
