/** The text twin of the whole pass: what attention and the feed-forward network wrote at each token, block by block. */
import type { TemplateResult } from 'lit';
import { fixed, unknown } from '../picture/numbers';
import { twin } from '../picture/table';
import type { Inspector } from '../view';
import type { PassNumbers } from './passNumbers';

export function passTable(
  { t, labels, subject, place }: Inspector,
  positions: readonly number[],
  { writes }: PassNumbers,
): TemplateResult {
  const { config } = subject.value.model;
  return twin({
    caption: t('inspector.passTable', { D: config.width }),
    columns: [
      t('inspector.token'),
      ...writes.map((_, block) => t('inspector.blockN', { n: block })),
    ],
    rows: positions.map((position, column) => ({
      heading: `${String(position)} ${labels.plain(position)}`,
      cells: writes.map((row) => {
        const each = row[column];
        return each ? `${fixed(each.attention, 1)} + ${fixed(each.feedForward, 1)}` : unknown;
      }),
    })),
    visibility: place.value.table ? 'shown' : 'hidden',
  });
}
