/** The text twin of the whole pass: what attention and the feed-forward network wrote at each token, block by block. */
import { html, type TemplateResult } from 'lit';
import { normName } from '../derivedNames';
import { pressed } from '../numberLinks';
import { numberName } from '../numberPlace';
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
  const isShown = place.value.table;
  return twin({
    caption: t('inspector.passTable', { D: config.width }),
    columns: [
      t('inspector.token'),
      ...writes.map((_, block) => t('inspector.blockN', { n: block })),
    ],
    rows: positions.map((position, column) => ({
      heading: `${String(position)} ${labels.plain(position)}`,
      cells: writes.map((row, block) => {
        const each = row[column];
        if (!each) return unknown;
        const size = (part: string, value: number, tab: 'stop' | 'inside' = 'inside') => {
          const vector = numberName(`blocks.${String(block)}.${part}`, [position]);
          return isShown ? pressed(fixed(value, 1), normName(vector), tab) : fixed(value, 1);
        };
        const first = size('attn_out', each.attention, column + block === 0 ? 'stop' : 'inside');
        return html`${first} + ${size('mlp_out', each.feedForward)}`;
      }),
    })),
    visibility: isShown ? 'shown' : 'hidden',
  });
}
