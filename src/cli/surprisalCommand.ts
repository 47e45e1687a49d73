import { textSurprisals } from '../engine/tracing/textSurprisals';
import { fail } from '../protocol/failures';
import type { TokenSurprisals } from '../protocol/runs';
import type { TokenTable } from '../protocol/tokens';
import type { Command, CommandContext } from './command';
import { withModel } from './loadedModel';
import { t } from './messages';
import { readInput } from './textInput';
import { readArguments, UsageError } from './usage';
import { deviceOption, onThreads, refuseRest, weightsOption } from './values';

/** Writes how unexpected each token of a text is to the model, one JSON object a line, and what that comes to. */
export const surprisalCommand: Command = async (args, context) => {
  const { values, rest } = readArguments(args, {
    model: 'once',
    text: 'once',
    device: 'once',
    threads: 'once',
    weights: 'once',
    summary: 'flag',
  });
  const text = await textOption(values.text, rest, context);
  if (text === '') throw fail('text-empty', {});
  await withModel(
    {
      model: values.model,
      device: deviceOption(values.device),
      weights: weightsOption(values.weights),
      prompt: { kind: 'text', text },
      tokenizer: 'needed',
    },
    onThreads(context, values.threads),
    async ({ decoder, tokenizer, pace }) => {
      if (tokenizer === undefined) return;
      const table = tokenizer.encode(text);
      const work = { pace, onProgress: undefined };
      const found = await textSurprisals(decoder, { ids: table.ids, from: 0 }, work);
      if (!values.summary) await context.terminal.line(...tokenLines(text, table, found));
      await context.terminal.line(JSON.stringify(summaryOf(table, found)));
    },
  );
};

/** What --text gives, or a file or standard input. */
async function textOption(
  text: string | undefined,
  rest: readonly string[],
  context: CommandContext,
): Promise<string> {
  const [file, ...more] = rest;
  refuseRest(more);
  if (text === undefined) return readInput(file ?? '-', context);
  if (file !== undefined) throw new UsageError(t('cli.usage.unexpected', { value: file }));
  return text;
}

/** The first token has nothing before it, and so neither bits nor rank. */
function tokenLines(text: string, table: TokenTable, found: TokenSurprisals): string[] {
  return Array.from(table.ids, (id, index) => {
    const [start, end] = [table.starts[index], table.ends[index]];
    const bits = found.bits[index] ?? NaN;
    const isFirst = Number.isNaN(bits);
    return JSON.stringify({
      index,
      id,
      text: text.slice(start, end),
      start,
      end,
      bits: isFirst ? null : bits,
      rank: isFirst ? null : found.ranks[index],
      context: found.contexts[index],
    });
  });
}

/** Perplexity is 2 to the mean bits of the tokens that were scored. */
function summaryOf(table: TokenTable, found: TokenSurprisals): object {
  let bits = 0;
  let bytes = 0;
  let scored = 0;
  for (const [index, own] of found.bits.entries()) {
    if (Number.isNaN(own)) continue;
    const ends = table.byteEnds ?? table.byteStarts.subarray(1);
    bits += own;
    bytes += (ends[index] ?? table.byteLength) - (table.byteStarts[index] ?? 0);
    scored++;
  }
  return {
    tokens: table.ids.length,
    scored,
    bits,
    bitsPerToken: scored === 0 ? null : bits / scored,
    bitsPerByte: bytes === 0 ? null : bits / bytes,
    perplexity: scored === 0 ? null : 2 ** (bits / scored),
  };
}
