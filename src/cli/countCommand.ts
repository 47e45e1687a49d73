import { countTokens } from '../engine/tokenizing';
import { Pace } from '../engine/work';
import { nodeParts } from '../worker/nodeHost';
import type { Command } from './command';
import { t } from './messages';
import { readInput } from './textInput';
import { tokenizerOption } from './tokenizerOption';
import { readArguments, UsageError } from './usage';

/** Counts the tokens of files or of standard input: one JSON object a file, and their sum when there are several. */
export const countCommand: Command = async (args, context) => {
  const { values, rest } = readArguments(args, {
    model: 'once',
    tokenizer: 'once',
    'special-tokens': 'once',
  });
  const files = rest.length === 0 ? ['-'] : rest;
  if (files.filter((file) => file === '-').length > 1) {
    throw new UsageError(t('cli.usage.input-twice'));
  }
  const tokenizer = await tokenizerOption(
    { model: values.model, tokenizer: values.tokenizer, special: values['special-tokens'] },
    context,
  );
  const { host } = nodeParts(context.places);
  const work = { pace: new Pace(host, context.signal), onProgress: undefined };
  const total = { tokens: 0, bytes: 0 };
  for (const file of files) {
    const text = await readInput(file, context);
    const tokens = await countTokens(tokenizer, text, work);
    const bytes = Buffer.byteLength(text);
    total.tokens += tokens;
    total.bytes += bytes;
    await context.terminal.line(JSON.stringify({ file, tokens, bytes }));
  }
  if (files.length > 1)
    await context.terminal.line(JSON.stringify({ files: files.length, ...total }));
};
