/** What may come from the webview, checked before anything is done with it. The webview shows text of any origin. */
import * as v from 'valibot';
import type { HostApi } from '../../protocol/panelApi';
import { comparedReads } from '../../protocol/panelApi';
import {
  count,
  edits,
  index,
  otherBranch,
  otherEdits,
  otherSettings,
  otherText,
  place,
  sampling,
  stop,
} from './panelValues';

/** What crosses as JSON has null where an array held undefined. */
const absent = v.pipe(
  v.nullish(v.never()),
  v.transform(() => undefined),
);
const name = v.pipe(v.string(), v.maxLength(200));
const indices = v.optional(v.pipe(v.array(index), v.maxLength(4)));

/** The page may ask for all but a model, which reads files. */
const comparedByPage = v.variant('kind', [otherText, otherBranch, otherEdits, otherSettings]);
const branch = v.tuple([v.object({ branch: index })]);

/** Requests of the reading methods. */
const reads = {
  vocabulary: v.tuple([v.object({})]),
  merges: v.tuple([v.object({ text: v.string() })]),
  activation: v.tuple([
    v.object({
      run: index,
      name,
      index: indices,
      rows: v.optional(v.tuple([index, index])),
      columns: v.optional(v.tuple([index, index])),
    }),
  ]),
  weight: v.tuple([
    v.object({ name, index: indices, columns: v.optional(v.tuple([index, index])) }),
  ]),
  verify: v.tuple([v.object({ run: index, name, index: v.pipe(v.array(index), v.maxLength(4)) })]),
  timings: v.tuple([v.object({ run: index })]),
  headStatistics: v.tuple([v.object({ run: index, block: v.exactOptional(index) })]),
  attentionMap: v.tuple([
    v.object({
      run: index,
      kind: v.picklist(['weights', 'contributions']),
      block: v.exactOptional(index),
      head: v.exactOptional(index),
    }),
  ]),
  smallMaps: v.tuple([
    v.object({
      run: index,
      kind: v.picklist(['weights', 'contributions']),
      block: v.exactOptional(index),
      places: count,
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
  goBy: v.tuple([v.object({ by: v.picklist([1, -1]) })]),
  setSampling: v.tuple([sampling, stop]),
  edit: v.tuple([edits]),
  cancelRead: v.tuple([
    v.object({ read: v.picklist(['embeddingMap', 'continuations', 'smallMaps', 'attentionMap']) }),
  ]),
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
