/** The text twin of vectors drawn under one another: a row for each channel, a column for each vector. */
import { nothing, type TemplateResult } from 'lit';
import { elementName, type NumberName } from '../numberPlace';
import { at, range } from '../picture/at';
import type { LedgerLabel } from '../picture/ledger';
import { fixed } from '../picture/numbers';
import { twin } from '../picture/table';
import type { Side } from '../sideOf';
import type { Inspector } from '../view';

export interface TwinVector {
  readonly label: LedgerLabel;
  readonly values: Float32Array;
  /** The vector of the run that it is. */
  readonly from?: NumberName | undefined;
  /** The side of a comparison that the run is. */
  readonly side?: Side;
}

/** Tables above this many numbers are made only when they are asked for by T. */
const hiddenLimit = 1024;

export function vectorTwin(
  { t, place }: Inspector,
  caption: string,
  vectors: readonly TwinVector[],
): TemplateResult | typeof nothing {
  const channels = vectors[0]?.values.length ?? 0;
  const isShown = place.value.table;
  if (!isShown && channels * vectors.length > hiddenLimit) return nothing;
  return twin({
    caption,
    columns: [t('inspector.dimension'), ...vectors.map(({ label }) => label)],
    rows: range(channels).map((channel) => ({
      heading: String(channel),
      cells: vectors.map(({ values, from, side }) => ({
        ...(side && { side }),
        text: fixed(at(values, channel)),
        number: from && elementName(from, channel),
      })),
    })),
    visibility: isShown ? 'shown' : 'hidden',
  });
}
