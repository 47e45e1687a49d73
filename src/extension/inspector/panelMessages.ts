/** What may come from the webview, checked before anything is done with it. The webview shows text of any origin. */
import * as v from 'valibot';
import { steps } from '../../protocol/axes';
import type { ComparedWith } from '../../protocol/comparison';
import type { HostApi, Place, SourceInfo } from '../../protocol/panelApi';
import { comparedReads, startPlace } from '../../protocol/panelApi';
import { noEdits } from '../../protocol/runEdits';
import type { GeneratedToken } from '../../protocol/engineApi';
import type { SavedSession } from './panelSubject';

const index = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 31));
const count = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000));
/** What crosses as JSON has null where an array held undefined. */
const absent = v.pipe(
  v.nullish(v.never()),
  v.transform(() => undefined),
);
const name = v.pipe(v.string(), v.maxLength(200));
const indices = v.optional(v.pipe(v.array(index), v.maxLength(4)));

export const drawn = v.picklist(['matrix', 'lines', 'neurons']);
export const measure = v.picklist(['weights', 'contributions']);
export const over = v.picklist(['head', 'block', 'model']);

/** In the order of `startPlace`: the panel compares places by their JSON. */
const place = v.object({
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
  depth: v.picklist(['sentence', 'mechanism', 'mathematics']),
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

const stop = v.object({
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

const otherText = v.object({
  kind: v.literal('text'),
  text: v.pipe(v.string(), v.maxLength(100_000)),
  name: v.optional(v.pipe(v.string(), v.maxLength(1000))),
});
const otherBranch = v.object({ kind: v.literal('branch'), branch: index });
const otherEdits = v.object({ kind: v.literal('unedited') });
const otherSettings = v.object({ kind: v.literal('settings'), sampling });
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

/** The page may ask for all but a model, which reads files. */
const comparedByPage = v.variant('kind', [otherText, otherBranch, otherEdits, otherSettings]);
const branch = v.tuple([v.object({ branch: index })]);

/** Requests of the reading methods. */
const reads = {
  vocabulary: v.tuple([v.object({})]),
  merges: v.tuple([v.object({ text: v.string() })]),
  activation: v.tuple([
    v.object({ run: index, name, index: indices, rows: v.optional(v.tuple([index, index])) }),
  ]),
  weight: v.tuple([
    v.object({ name, index: indices, columns: v.optional(v.tuple([index, index])) }),
  ]),
  verify: v.tuple([v.object({ run: index, name, index: v.pipe(v.array(index), v.maxLength(4)) })]),
  timings: v.tuple([v.object({ run: index })]),
  headStatistics: v.tuple([v.object({ run: index })]),
  attentionMap: v.tuple([
    v.object({
      run: index,
      kind: v.picklist(['weights', 'contributions']),
      block: v.exactOptional(index),
      head: v.exactOptional(index),
    }),
  ]),
  difference: v.tuple([
    v.object({
      run: index,
      from: index,
      pairs: v.exactOptional(v.pipe(v.array(index), v.maxLength(2 ** 16))),
    }),
  ]),
  embeddingMap: v.tuple([
    v.object({ run: index, points: count, method: v.picklist(['pca', 'umap']), seed: index }),
  ]),
  continuations: v.tuple([
    v.object({ run: index, firsts: v.pipe(v.array(index), v.maxLength(16)), tokens: count }),
  ]),
  lens: v.tuple([v.object({ run: index, top: count, watch: v.optional(index) })]),
  neurons: v.tuple([
    v.object({ run: index, block: index, position: index, neurons: count, top: count }),
  ]),
  contributions: v.tuple([v.object({ run: index, position: index, id: index })]),
  distribution: v.tuple([
    v.object({ run: index, position: v.optional(index), sampling, step: index, rows: index }),
  ]),
  tokenFacts: v.tuple([v.object({ id: index, neighbours: count })]),
} satisfies Partial<Record<keyof HostApi, v.GenericSchema>>;

/** The arguments of each method. */
const messages = {
  ...reads,
  compared: v.pipe(
    v.tuple([v.picklist(comparedReads), v.unknown()]),
    v.transform(([method, request]) => [method, ...v.parse(reads[method], [request])]),
  ),
  compare: v.union([v.tuple([comparedByPage]), v.tuple([absent]), v.strictTuple([])]),
  chooseComparison: v.tuple([]),
  keepBranch: v.tuple([]),
  nameBranch: branch,
  openBranch: branch,
  dropBranch: branch,
  ready: v.union([v.tuple([place]), v.tuple([absent]), v.tuple([])]),
  moved: v.tuple([place, index]),
  generate: v.tuple([v.object({ count: v.pipe(count, v.minValue(1)) })]),
  goTo: v.tuple([v.object({ generated: count })]),
  setSampling: v.tuple([sampling, stop]),
  edit: v.tuple([edits]),
  cancelRead: v.tuple([v.object({ read: v.picklist(['embeddingMap', 'continuations']) })]),
  cancel: v.tuple([]),
  retry: v.tuple([]),
  showLog: v.tuple([]),
  reveal: v.tuple([v.object({ token: index })]),
  copy: v.tuple([v.object({ text: v.string() })]),
  copyLink: v.tuple([]),
  savePicture: v.tuple([
    v.object({
      format: v.picklist(['svg', 'png']),
      data: v.pipe(v.string(), v.maxLength(2 ** 27)),
    }),
  ]),
  saveTrace: v.tuple([]),
  openModel: v.tuple([]),
  inspectSelection: v.tuple([]),
} satisfies Record<keyof HostApi, v.GenericSchema>;

/** The same methods, each called only with arguments that have passed the check; others throw. */
export function checked(api: HostApi): HostApi {
  const entries = (Object.keys(messages) as (keyof HostApi)[]).map((method) => {
    const call = (...given: unknown[]): unknown => {
      const passed = v.parse(messages[method], given);
      const handler: (...passed: never[]) => unknown = api[method].bind(api);
      return handler(...(passed as never[]));
    };
    return [method, call] as const;
  });
  // Each entry takes what its own method takes, by the schema of the same name.
  return Object.fromEntries(entries) as unknown as HostApi;
}

const source: v.GenericSchema<SourceInfo> = v.object({
  file: v.string(),
  line: index,
  uri: v.string(),
  start: index,
  end: index,
});

const probability = v.pipe(v.number(), v.minValue(0), v.maxValue(1));

const generatedToken = v.object({
  id: index,
  probability,
  rank: index,
  draw: v.optional(probability),
  interval: v.optional(v.tuple([probability, v.number()])),
  logit: v.number(),
  surprisalBits: v.number(),
  chosen: v.exactOptional(v.literal(true)),
  entropyBits: v.number(),
  top: v.array(v.object({ id: index, probability })),
  stopped: v.optional(v.picklist(['end', 'length', 'stop'])),
  cache: v.object({ kept: index, computed: index, dropped: index }),
  ms: v.number(),
  device: v.picklist(['wasm', 'reference']),
});

const savedSession = v.object({
  text: v.string(),
  source: v.optional(source),
  tokens: v.array(generatedToken),
  cursor: index,
  // Sessions of versions that had none of these.
  branches: v.optional(
    v.array(
      v.object({
        id: index,
        name: v.optional(v.string()),
        tokens: v.array(generatedToken),
      }),
    ),
    [],
  ),
  compare: v.optional(comparedWith),
  origins: v.optional(
    v.object({
      template: v.optional(v.object({ file: v.string(), source: v.string() })),
      parts: v.array(
        v.object({
          role: v.picklist(['system', 'developer', 'user', 'assistant']),
          start: index,
          end: index,
        }),
      ),
    }),
  ),
  sampling,
  stop,
  place,
  // A session of a version that had no edits.
  edits: v.optional(edits, noEdits),
  model: v.optional(v.string()),
});

/** A session as it was kept over a reload of the window, or undefined when it is not what this version keeps. */
export function readSession(stored: unknown): SavedSession | undefined {
  const parsed = v.safeParse(savedSession, stored);
  if (!parsed.success) return undefined;
  const { source: from, model, tokens, place: where } = parsed.output;
  const { branches, compare, origins } = parsed.output;
  return {
    ...parsed.output,
    source: from,
    model,
    compare: compare && withName(compare),
    origins: origins && { template: origins.template, parts: origins.parts },
    place: withAll(where),
    tokens: tokens.map(complete),
    branches: branches.map(({ id, name, tokens: line }) => ({
      id,
      name,
      tokens: line.map(complete),
    })),
  };
}

function complete(token: v.InferOutput<typeof generatedToken>): GeneratedToken {
  const { draw, interval, stopped } = token;
  return { ...token, draw, interval, stopped };
}

/** JSON leaves out what is undefined; the types say it is there. */
export function withName(compare: v.InferOutput<typeof comparedWith>): ComparedWith {
  return compare.kind === 'text' ? { ...compare, name: compare.name } : compare;
}

type Parsed = v.InferOutput<typeof place>;

/** JSON leaves out what is undefined; the types say it is there. */
export function withAll(where: Parsed | Place): Place {
  return { ...where, cell: where.cell, neuron: where.neuron };
}
