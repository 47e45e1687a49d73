/** One head's pattern over the sentence, with the weight under the pointer or the arrow keys in words. */
import { signal } from '@preact/signals-core';
import { html, nothing, type TemplateResult } from 'lit';
import type { Snapshot } from '../../../src/protocol/labApi';
import type { Labels } from '../../labels';
import { at } from '../../picture/at';
import { cellSize, matrix, type Cell } from '../../picture/matrix';
import { fixed } from '../../picture/numbers';
import { probabilityScale } from '../../picture/scale';
import { scaleBar } from '../../picture/scaleBar';
import { twin } from '../../picture/table';
import type { Lab } from '../lab';

/** The pointed cell stays where it is while the pattern under it changes. */
const pointed = signal<Cell | undefined>(undefined);

export function patternMap(
  lab: Lab,
  snapshot: Snapshot,
  { labels, size }: { readonly labels: Labels; readonly size: number },
): TemplateResult | typeof nothing {
  const { t } = lab;
  const { pattern, ids } = snapshot;
  if (pattern === undefined) return nothing;
  const length = ids.length;
  const name = (index: number) => labels.plainId(ids[index] ?? 0);
  const cellNow = (): Cell | undefined => {
    const cell = pointed.value;
    return cell && cell[0] < length && cell[1] < length ? cell : undefined;
  };
  const headings: [number, number] = [72, 64];
  return html`<section>
    <h2>${t('lab.inside.pattern')}</h2>
    ${matrix({
      source: { values: pattern.values, rows: length, columns: length },
      scale: probabilityScale,
      cell: cellSize(length, size - headings[0]),
      rowLabel: name,
      columnLabel: name,
      headings,
      pointed: cellNow,
      label: () => {
        const cell = cellNow();
        if (cell === undefined) return t('lab.inside.pattern');
        const weight = fixed(at(pattern.values, cell[0] * length + cell[1]), 3);
        return t('lab.inside.cell', { query: name(cell[0]), key: name(cell[1]), w: weight });
      },
      onPoint: (cell) => {
        if (cell) pointed.value = cell;
      },
      onChoose: (cell) => {
        pointed.value = cell;
        const weight = fixed(at(pattern.values, cell[0] * length + cell[1]), 3);
        lab.say(t('lab.inside.cell', { query: name(cell[0]), key: name(cell[1]), w: weight }));
      },
    })}
    ${scaleBar(probabilityScale, t)}
    ${twin({
      caption: t('lab.inside.pattern'),
      columns: ['', ...Array.from(ids, (_, k) => name(k))],
      rows: Array.from(ids, (_, q) => ({
        heading: name(q),
        cells: Array.from(ids, (__, k) => fixed(at(pattern.values, q * length + k), 3)),
      })),
      visibility: lab.tables.value ? 'shown' : 'hidden',
    })}
  </section>`;
}
