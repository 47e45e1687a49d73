/** What may come from the vocabulary's page, checked before anything is done with it. */
import * as v from 'valibot';
import type { VocabularyHost } from '../../protocol/vocabularyApi';

const key = v.pipe(v.string(), v.maxLength(10_000));
const id = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2 ** 24));

/** The arguments of each method. */
const messages = {
  ready: v.tuple([]),
  contents: v.tuple([v.object({ key })]),
  origins: v.tuple([v.object({ key })]),
  cancelOrigins: v.tuple([]),
  find: v.tuple([v.object({ key, typed: v.pipe(v.string(), v.maxLength(10_000)) })]),
  similar: v.tuple([v.object({ key, id })]),
  copy: v.tuple([v.object({ text: v.pipe(v.string(), v.maxLength(1_000_000)) })]),
  chooseTokenizer: v.tuple([]),
} satisfies Record<keyof VocabularyHost, v.GenericSchema>;

/** The same methods, each called only with arguments that have passed the check; others throw. */
export function checked(api: VocabularyHost): VocabularyHost {
  const entries = (Object.keys(messages) as (keyof VocabularyHost)[]).map((method) => {
    const call = (...given: unknown[]): unknown => {
      const passed = v.parse(messages[method], given);
      const handler: (...passed: never[]) => unknown = api[method].bind(api);
      return handler(...(passed as never[]));
    };
    return [method, call] as const;
  });
  // Each entry takes what its own method takes, by the schema of the same name.
  return Object.fromEntries(entries) as unknown as VocabularyHost;
}
