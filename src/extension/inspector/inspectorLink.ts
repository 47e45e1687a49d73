/**
 * Links that bring somebody back to what the Inspector shows: the text (itself, or where it lies in a file), the model,
 * the edits of the run, how tokens are picked, and the place. `…/inspect?model=builtin&text=…&step=attend&block=2&head=1&cell=6.3`.
 */
import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { steps } from '../../protocol/axes';
import type { ComparedWith, Comparison } from '../../protocol/comparison';
import { fail } from '../../protocol/failures';
import type { ModelLocation } from '../../protocol/models';
import { startPlace, type PanelState } from '../../protocol/panelApi';
import type { RunEdits } from '../../protocol/runEdits';
import { isEdited, noEdits } from '../../protocol/runEdits';
import type { SamplingSettings } from '../../protocol/sampling';
import {
  comparedWith,
  depth,
  drawn,
  edits,
  measure,
  over,
  sampling,
  withName,
} from './panelValues';
import type { PromptPlace } from './panelSubject';

export interface InspectorLink {
  /** The text itself, where it is short. */
  readonly text: string | undefined;
  /** The document that it stands in, in UTF-16 offsets. */
  readonly source: LinkedSource | undefined;
  /** See `digestOf`: what tells that a document holds another text by now. */
  readonly digest: string | undefined;
  readonly model: ModelLocation;
  readonly edits: RunEdits;
  readonly compare: ComparedWith | undefined;
  /** Undefined in links of versions that did not tell it. */
  readonly sampling: SamplingSettings | undefined;
  readonly place: PromptPlace;
}

export interface LinkedSource {
  readonly uri: string;
  readonly start: number;
  readonly end: number;
}

/** Longer texts are named by their file alone: some programs cut links after 2,000 characters and more. */
export const longestLinkedText = 1000;
const longestQuery = 20_000;

/** The link to what a panel shows. Throws `text-empty` without a run, `link-too-long` for a long text in no file. */
export function linkOf(state: PanelState): InspectorLink {
  const { text, source, model, run, edits, place, comparison, sampling } = state;
  if (model === undefined || run === undefined) throw fail('text-empty', {});
  const isWhole = source !== undefined && source.end - source.start === text.length;
  const isShort = text.length <= longestLinkedText;
  if (!isShort && !isWhole) {
    throw fail('link-too-long', { characters: text.length, limit: longestLinkedText });
  }
  const other = comparison && linked(comparison);
  if (other?.kind === 'text' && other.text.length > longestLinkedText) {
    throw fail('link-too-long', { characters: other.text.length, limit: longestLinkedText });
  }
  return {
    text: isShort ? text : undefined,
    source: isWhole ? { uri: source.uri, start: source.start, end: source.end } : undefined,
    digest: digestOf(text),
    model: model.location,
    edits,
    compare: other,
    sampling,
    place,
  };
}

/** A kept line is nothing in another panel: its text is. */
function linked({ with: what, other }: Comparison): ComparedWith | undefined {
  if (what.kind !== 'branch') return what;
  return other && { kind: 'text', text: other.text, name: undefined };
}

/** Link → the query of its URI. */
export function writeLink(link: InspectorLink): string {
  const { text, source, digest, model, edits, compare, sampling: picked, place } = link;
  const { step, token, block, head, open, stage, drawn, measure, over } = place;
  const { cell, channel, neuron, depth, table } = place;
  const fields: Readonly<Record<string, string | number | undefined>> = {
    model: model.kind === 'builtin' ? (model.model ?? model.kind) : model.folder,
    text,
    file: source?.uri,
    from: source?.start,
    to: source?.end,
    digest,
    edits: isEdited(edits) ? JSON.stringify(edits) : undefined,
    compare: compare && JSON.stringify(compare),
    sampling: picked && JSON.stringify(picked),
    step,
    token,
    block,
    head,
    open: open ? 1 : 0,
    stage,
    drawn,
    measure,
    over,
    cell: cell?.join('.'),
    channel,
    neuron,
    depth,
    table: table === undefined ? undefined : table ? 1 : 0,
  };
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(fields)) {
    if (value !== undefined) query.set(name, String(value));
  }
  return query.toString();
}

/** Query → link; anybody may have written it. Throws `link-unreadable` with the field that is missing or wrong. */
export function readLink(query: string): InspectorLink {
  if (query.length > longestQuery) throw fail('link-unreadable', { where: '?' });
  const parsed = v.safeParse(linkFields, Object.fromEntries(new URLSearchParams(query)));
  if (!parsed.success) {
    const where = v.getDotPath(parsed.issues[0]) ?? '?';
    throw fail('link-unreadable', { where });
  }
  const { text, file, from, to, digest, model, edits, compare, sampling: picked } = parsed.output;
  const { step, token, block, head, stage, drawn, measure, over, channel } = parsed.output;
  const { open, cell, neuron, depth, table } = parsed.output;
  const source =
    file === undefined || from === undefined || to === undefined
      ? undefined
      : { uri: file, start: from, end: to };
  if (text === undefined && source === undefined) throw fail('link-unreadable', { where: 'text' });
  const place = {
    ...{ step, token, block, head, stage, drawn, measure, over, channel },
    ...{ open: open === '1', cell, neuron },
    ...(depth && { depth }),
    ...(table && { table: table === '1' }),
  };
  const other = compare && withName(compare);
  const location = locationOf(model);
  return { text, source, digest, model: location, edits, compare: other, sampling: picked, place };
}

/** The first 16 hexadecimal digits of the SHA-256 of a text's UTF-8. */
export function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

const index = v.pipe(
  v.string(),
  v.regex(/^\d{1,9}$/),
  v.transform((digits) => Number(digits)),
);
const token = v.pipe(
  v.string(),
  v.regex(/^(-1|\d{1,9})$/),
  v.transform((digits) => Number(digits)),
);
const cell = v.pipe(
  v.string(),
  v.regex(/^\d{1,6}\.\d{1,6}$/),
  v.transform((pair): readonly [number, number] => {
    const [query = 0, key = 0] = pair.split('.').map(Number);
    return [query, key];
  }),
);

const linkFields = v.object({
  model: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(4000)), 'builtin'),
  text: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(10_000))),
  file: v.optional(v.pipe(v.string(), v.minLength(1), v.maxLength(4000))),
  from: v.optional(index),
  to: v.optional(index),
  digest: v.optional(v.pipe(v.string(), v.regex(/^[\da-f]{16}$/))),
  edits: v.optional(v.pipe(v.string(), v.parseJson(), edits), JSON.stringify(noEdits)),
  compare: v.optional(v.pipe(v.string(), v.parseJson(), comparedWith)),
  sampling: v.optional(v.pipe(v.string(), v.parseJson(), sampling)),
  step: v.optional(v.picklist(['overview', ...steps]), 'overview'),
  token: v.optional(token, '-1'),
  block: v.optional(index, '0'),
  head: v.optional(index, '0'),
  open: v.optional(v.picklist(['0', '1']), '0'),
  stage: v.optional(index, '3'),
  drawn: v.optional(drawn, startPlace.drawn),
  measure: v.optional(measure, startPlace.measure),
  over: v.optional(over, startPlace.over),
  cell: v.optional(cell),
  channel: v.optional(index, '0'),
  neuron: v.optional(index),
  depth: v.optional(depth),
  table: v.optional(v.picklist(['0', '1'])),
});

function locationOf(model: string): ModelLocation {
  if (model === 'tiny') return { kind: 'builtin', model };
  return model === 'builtin' ? { kind: 'builtin' } : { kind: 'folder', folder: model };
}
