/** Values of the panel as they come from outside, checked: from its page, from a link, from what was kept. */
import * as v from 'valibot';
import { steps } from '../../protocol/axes';
import type { ComparedWith } from '../../protocol/comparison';
import type { Place } from '../../protocol/panelApi';
import { startPlace } from '../../protocol/panelApi';

export const index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31));
export const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000));
export const drawn = v.picklist(['matrix', 'lines', 'neurons']);
export const measure = v.picklist(['weights', 'contributions']);
export const depth = v.picklist(['sentence', 'mechanism', 'mathematics']);
export const over = v.picklist(['head', 'block', 'model']);

/** In the order of `startPlace`: the panel compares places by their JSON. */
export const place = v.object({
  step: v.picklist(['overview', ...steps]),
  token: v.pipe(v.number(), v.integer(), v.minValue(-1)),
  block: index,
  head: index,
  open: v.boolean(),
  stage: index,
  // Places that older versions kept have none of the three.
  drawn: v.optional(drawn, startPlace.drawn),
  measure: v.optional(measure, startPlace.measure),
  over: v.optional(over, startPlace.over),
  cell: v.optional(v.tuple([index, index])),
  channel: index,
  neuron: v.optional(index),
  depth,
  table: v.boolean(),
});

export const sampling = v.object({
  temperature: v.pipe(v.number(), v.minValue(0), v.maxValue(10)),
  topK: index,
  topP: v.pipe(v.number(), v.gtValue(0), v.maxValue(1)),
  minP: v.exactOptional(v.pipe(v.number(), v.minValue(0), v.maxValue(1))),
  repetitionPenalty: v.exactOptional(v.pipe(v.number(), v.minValue(0.1), v.maxValue(10))),
  seed: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 32 - 1)),
});

export const stop = v.object({
  maxTokens: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000)),
  stopStrings: v.pipe(v.array(v.pipe(v.string(), v.minLength(1))), v.maxLength(16)),
});

/** More edits than a person makes. */
const mostEdits = 4096;

const maskEdit = v.variant('kind', [
  v.object({ kind: v.literal('cell'), query: index, key: index, seen: v.boolean() }),
  v.object({ kind: v.literal('row'), query: index, seen: v.boolean() }),
  v.object({ kind: v.literal('column'), key: index, seen: v.boolean() }),
  v.object({ kind: v.literal('band'), width: v.pipe(index, v.minValue(1)) }),
  v.object({ kind: v.literal('full') }),
]);

const positionEdit = v.variant('kind', [
  v.object({ kind: v.literal('swap'), a: index, b: index }),
  v.object({ kind: v.literal('move'), token: index, to: index }),
  v.object({ kind: v.literal('drop'), token: index }),
  v.object({ kind: v.literal('dropAll') }),
]);

export const edits = v.object({
  mask: v.pipe(v.array(maskEdit), v.maxLength(mostEdits)),
  positions: v.pipe(v.array(positionEdit), v.maxLength(mostEdits)),
});

export const otherText = v.object({
  kind: v.literal('text'),
  text: v.pipe(v.string(), v.maxLength(100_000)),
  name: v.optional(v.pipe(v.string(), v.maxLength(1000))),
});
export const otherBranch = v.object({ kind: v.literal('branch'), branch: index });
export const otherEdits = v.object({ kind: v.literal('unedited') });
export const otherSettings = v.object({ kind: v.literal('settings'), sampling });
const otherModel = v.object({
  kind: v.literal('model'),
  location: v.variant('kind', [
    v.object({ kind: v.literal('builtin'), model: v.exactOptional(v.literal('tiny')) }),
    v.object({ kind: v.literal('folder'), folder: v.pipe(v.string(), v.maxLength(4000)) }),
  ]),
});

/** What is compared with, from a link or from what was kept. */
export const comparedWith = v.variant('kind', [
  otherText,
  otherBranch,
  otherEdits,
  otherSettings,
  otherModel,
]);

/** JSON leaves out what is undefined; the types say it is there. */
export function withName(compare: v.InferOutput<typeof comparedWith>): ComparedWith {
  return compare.kind === 'text' ? { ...compare, name: compare.name } : compare;
}

type Parsed = v.InferOutput<typeof place>;

/** JSON leaves out what is undefined; the types say it is there. */
export function withAll(where: Parsed | Place): Place {
  return { ...where, cell: where.cell, neuron: where.neuron };
}
