/** A coordinate on the map of the embedding table: the row, less the mean of the rows shown, along a direction of theirs. */
import { html } from 'lit';
import { pressed } from '../numberLinks';
import { elementName, numberName } from '../numberPlace';
import { at, part } from '../picture/at';
import { ledger, topProducts, type LedgerLine } from '../picture/ledger';
import { fixed } from '../picture/numbers';
import type { Inspector } from '../view';
import { mapQuestion } from '../views/embedMap';
import { weightName } from '../weightName';
import type { Derivation } from './derivation';

const digits = 4;

export function mapPlace(
  inspector: Inspector,
  [axis = '', id = '']: readonly string[],
): Derivation {
  const { numbers, subject, labels, t } = inspector;
  const { run, model } = subject.value;
  const map = numbers.ask('embeddingMap', mapQuestion('pca'));
  const name = weightName(model, 'wte.weight');
  const row = name === undefined ? undefined : numbers.weight(name, [Number(id)])?.values;
  const position = run.ids.indexOf(Number(id));
  const token = position < 0 ? {} : { token: position + run.dropped };
  const place = { step: 'embed', ...token } as const;
  const { axes } = map ?? {};
  const index = map?.ids.indexOf(Number(id)) ?? -1;
  if (!map || !row || !axes || index < 0) return { content: undefined, place };
  const number = axis === 'x' ? 0 : 1;
  // The row is an activation where the token is in the text; in the table it is the model's own.
  const own = position < 0 ? undefined : numberName('embed', [position]);
  const direction = part(axes.directions, number);
  const apart = row.map((value, channel) => value - at(axes.mean, channel));
  const { top, others, total } = topProducts(apart, direction, 6);
  const lines: LedgerLine[] = top.map(({ index: channel, left, right, value }) => ({
    label: html`${t('inspector.dimension')} ${channel}
      <span class="dim small"
        >${pressed(fixed(at(row, channel), digits), own && elementName(own, channel))} −
        ${fixed(at(axes.mean, channel), digits)}</span
      >`,
    left,
    right,
    value,
  }));
  if (others.count > 0)
    lines.push({ label: t('inspector.others', { n: others.count }), value: others.sum });
  const told = at(map.places, 2 * index + number);
  return {
    content: html`<p class="what">${labels.chip(Number(id))}</p>
      <p class="dim small">${t('deriving.pca')}</p>
      ${ledger(
        lines,
        [
          { label: '∑', value: total },
          { label: axis, value: told, result: true },
        ],
        { digits },
      )}`,
    place,
  };
}
