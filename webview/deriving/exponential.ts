/** The exponential of a score, as softmax takes it: less the largest score of its row. */
import { html } from 'lit';
import { numberAt, numberName, placeOf } from '../numberPlace';
import { at } from '../picture/at';
import { ledger } from '../picture/ledger';
import type { Inspector } from '../view';
import { seenKeys } from '../views/maskNumbers';
import type { Derivation } from './derivation';

export function exponential(inspector: Inspector, [score = '']: readonly string[]): Derivation {
  const { numbers, subject } = inspector;
  const cell = numberAt(score);
  const [head = 0, query = 0, key = 0] = cell?.index ?? [];
  if (!cell) return { content: undefined };
  const { run } = subject.value;
  const row = numbers.activation(cell.name, [head, query])?.values;
  const shown = placeOf(cell, run.dropped);
  const place = shown && { ...shown, stage: 3 };
  if (!row) return { content: undefined, place };
  const keys = seenKeys(inspector, query);
  const largest = keys.reduce((best, each) => (at(row, each) > at(row, best) ? each : best), key);
  const lines = [
    { label: 's', value: at(row, key), links: { value: score } },
    {
      label: '− max',
      value: at(row, largest),
      links: { value: numberName(cell.name, [head, query, largest]) },
    },
  ];
  const value = Math.exp(at(row, key) - at(row, largest));
  const result = { label: 'exp(s − max)', value, result: true } as const;
  return { content: html`${ledger(lines, [result], { digits: 4 })}`, place };
}
