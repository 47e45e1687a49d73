/** A tensor before a step, its gradient, what was added, each as how its numbers are spread, and the numbers whose gradient is largest. */
import { html, type TemplateResult } from 'lit';
import type { StepTensor } from '../../../src/protocol/labApi';
import type { NumberBlock } from '../../../src/protocol/runs';
import { at } from '../../picture/at';
import { fixed, powerOfTen, shapeText } from '../../picture/numbers';
import { twin } from '../../picture/table';
import type { Lab } from '../lab';
import { spread } from '../spread';

export function tensorPicture(lab: Lab, tensor: StepTensor): TemplateResult {
  const { t } = lab;
  const { before, gradient, after } = tensor;
  const update = after && {
    shape: before.shape,
    values: after.values.map((x, i) => x - at(before.values, i)),
  };
  const parts: readonly (readonly [string, NumberBlock | undefined])[] = [
    [after ? t('lab.tensors.before') : t('lab.tensors.now'), before],
    [t('lab.gradient'), gradient],
    [t('lab.update'), update],
    [t('lab.tensors.after'), after],
  ];
  return html`<div class="sides spreads">
      ${parts.map(([name, block]) => (block ? spread(name, block) : undefined))}
    </div>
    ${largest(lab, tensor)}`;
}

/** Rows of the table. */
const mostNumbers = 12;

/** The numbers that the step wanted to change most, or without a step the largest ones. */
function largest({ t }: Lab, { before, gradient, after }: StepTensor): TemplateResult {
  const by = (gradient ?? before).values;
  const order = Array.from(by.keys())
    .sort((a, b) => Math.abs(at(by, b)) - Math.abs(at(by, a)))
    .slice(0, mostNumbers);
  const moved = gradient && after;
  return twin({
    caption: t(moved ? 'lab.tensors.steepest' : 'lab.tensors.longest'),
    columns: [
      t('lab.tensors.place'),
      t(moved ? 'lab.tensors.before' : 'lab.tensors.now'),
      ...(moved ? [t('lab.gradient'), t('lab.update'), t('lab.tensors.after')] : []),
    ],
    rows: order.map((index) => {
      const now = at(before.values, index);
      const numbers = moved
        ? [now, at(gradient.values, index), at(after.values, index) - now, at(after.values, index)]
        : [now];
      return { heading: placeOf(index, before.shape), cells: numbers.map(precise) };
    }),
    visibility: 'shown',
  });
}

/** `[row, column]`, counted from 0. */
function placeOf(index: number, shape: readonly number[]): string {
  const columns = shape[1];
  if (columns === undefined) return shapeText(index);
  return shapeText(Math.floor(index / columns), index % columns);
}

function precise(x: number): string {
  return x !== 0 && Math.abs(x) < 0.001 ? powerOfTen(x, 2) : fixed(x, 5);
}
