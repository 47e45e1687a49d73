import * as v from 'valibot';
import { fail } from '../../../protocol/failures';
import { addedSchema, addedToken } from '../tokenizerFile';
import { cutsAtSpaces } from './cutsAtSpaces';
import { entryBytes } from './entryBytes';
import { makeModel, modelSchema } from './modelFile';
import { makeNormalizer } from './normalizers';
import { PipelineTokenizer } from './pipelineTokenizer';
import { makePreTokenizer } from './preTokenizers';
import { tableOfEntries } from '../vocabulary';

/**
 * The tokenizer that a tokenizer.json of any kind describes. Truncation, padding and the template that adds marks around
 * a text are left out, for they say nothing about the tokens of a text. Throws `tokenizer-unsupported` with the step that
 * cannot be followed exactly.
 */
export function openPipeline(content: unknown, file: string): PipelineTokenizer {
  const parsed = v.safeParse(schema, content);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const what = `${v.getDotPath(issue) ?? ''}: ${issue.received}`;
    throw fail('tokenizer-unsupported', { file, what });
  }
  const { model, normalizer, pre_tokenizer: splitter, added_tokens: tokens } = parsed.output;
  const added = tokens.map(addedToken);
  const { entries, ...made } = makeModel(model, file);
  return new PipelineTokenizer({
    vocabulary: tableOfEntries(entries, added, entryBytes({ model, normalizer, splitter })),
    entries,
    added,
    normalizer: makeNormalizer(normalizer, file),
    preTokenizer: makePreTokenizer(splitter, file),
    model: made.model,
    kind: kinds[model.type],
    cutsAtSpaces: cutsAtSpaces(normalizer, splitter),
  });
}

const kinds = {
  BPE: 'characterPairs',
  WordPiece: 'wordPiece',
  WordLevel: 'wordLevel',
  Unigram: 'unigram',
} as const;

const schema = v.object({
  model: modelSchema,
  normalizer: v.nullish(v.unknown()),
  pre_tokenizer: v.nullish(v.unknown()),
  added_tokens: v.nullish(v.array(addedSchema), []),
});
